import { error, type Message } from './message.js';

/** What is reported of names, declarations and other files. */
export const DECLARATION_MESSAGES = {
  BCP028: error('Identifier "{0}" is declared multiple times. Remove or rename the duplicates.'),
  BCP047: error('String interpolation is unsupported for specifying the resource type.'),
  BCP050: error('The specified path is empty.'),
  BCP051: error(
    'The specified path seems to reference an absolute path. Files must be referenced using relative paths.',
  ),
  BCP059: error('The name "{0}" is not a function.'),
  BCP060: error(
    'The "variables" function is not supported. Directly reference variables by their symbolic names.',
  ),
  BCP061: error(
    'The "parameters" function is not supported. Directly reference parameters by their symbolic names.',
  ),
  BCP063: error('The name "{0}" is not a parameter, variable, resource or module.'),
  BCP069: error('The function "{0}" is not supported. Use the "{1}" operator instead.'),
  BCP082: error('The name "{0}" does not exist in the current context. Did you mean "{1}"?'),
  BCP090: error('This module declaration is missing a file path reference.'),
  BCP091: error('An error occurred reading file. {0}'),
  BCP092: error('String interpolation is not supported in file paths.'),
  BCP094: error('This module references itself, which is not allowed.'),
  BCP095: error('The file is involved in a cycle ("{0}").'),
  BCP098: error(
    'The specified file path contains a "\\" character. Use "/" instead as the directory separator character.',
  ),
  BCP100: error(
    'The function "if" is not supported. Use the "?:" (ternary conditional) operator instead, e.g. condition ? ValueIfTrue : ValueIfFalse',
  ),
  BCP101: error(
    'The "createArray" function is not supported. Construct an array literal using [].',
  ),
  BCP102: error(
    'The "createObject" function is not supported. Construct an object literal using {}.',
  ),
  BCP104: error('The referenced module has errors.'),
  BCP107: error('The function "{0}" does not exist in namespace "{1}".'),
  BCP112: error('The "targetScope" cannot be declared multiple times in one file.'),
  BCP145: error('Output "{0}" is declared multiple times. Remove or rename the duplicates.'),
  BCP156: error(
    'The resource type segment "{0}" is invalid. Nested resources must specify a single type segment, and optionally can specify an api version using the format "<type>@<apiVersion>".',
  ),
  BCP158: error('Cannot access nested resources of type "{0}". A resource type is required.'),
  BCP159: error('The resource "{0}" does not contain a nested resource named "{1}".{2}'),
  BCP160: error('A nested resource cannot appear inside of a resource with a for-expression.'),
  BCP186: error('Unable to parse literal JSON value. Please ensure that it is well-formed.'),
  BCP188: error(
    'The referenced ARM template has errors. Please see https://aka.ms/arm-template for information on how to diagnose and fix the template.{0}',
  ),
  BCP240: error(
    'The "parent" property only permits direct references to resources. Expressions are not supported.',
  ),
  BCP250: error('Parameter "{0}" is assigned multiple times. Remove or rename the duplicates.'),
  BCP258: error(
    'The following parameters are declared in the Bicep file but are missing an assignment in the params file: {0}.',
  ),
  BCP259: error(
    'The parameter "{0}" is assigned in the params file without being declared in the Bicep file.',
  ),
  BCP261: error('A using declaration must be present in this parameters file.'),
  BCP262: error('More than one using declaration are present'),
  BCP265: error('The name "{0}" is not a function. Did you mean "{1}"?'),
  BCP268: error(
    'Invalid identifier: "{0}". Metadata identifiers starting with \'_\' are reserved. Please use a different identifier.',
  ),
  BCP271: error(
    'Failed to parse the contents of the Bicep configuration file "{0}" as valid JSON: {1}.',
  ),
  BCP278: error('This parameters file references itself, which is not allowed.'),
  BCP287: error("'{0}' refers to a value but is being used as a type here."),
  BCP288: error("'{0}' refers to a type but is being used as a value here."),
  BCP301: error('The type name "{0}" is reserved and may not be attached to a user-defined type.'),
  BCP302: error(
    'The name "{0}" is not a valid type. Please specify one of the following types: {1}.',
  ),
  BCP338: error('Failed to evaluate {0} "{1}": {2}'),
  BCP358: error('This declaration is missing a template file path reference.'),
  BCP360: error(
    "The '{0}' symbol was not found in (or was not exported by) the imported template.",
  ),
  BCP373: error('Unable to import the symbol named "{0}": {1}'),
  BCP374: error(
    'The imported model cannot be loaded with a wildcard because it contains the following duplicated exports: {0}.',
  ),
  BCP384: error('The "{0}" type requires {1} argument(s).'),
  BCP404: error('The "extends" declaration is missing a bicepparam file path reference'),
  BCP405: error('More than one "extends" declaration are present'),
  BCP428: error(
    'Directory "{0}" does not exist or additional permissions are necessary to access it.',
  ),
  BCP430: error('Unable to open directory at path "{0}". Found a file instead.'),
  BCP437: error(
    "The identifier '{0}' is only available in parameter files that declare an 'extends' clause.",
  ),
  BCP438: error("The identifier '{0}' is reserved and cannot be declared."),
  LZB001: error('{0} is not supported by this compiler.'),
} as const satisfies Record<string, Message>;
