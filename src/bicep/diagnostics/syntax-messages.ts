import { error, type Message } from './message.js';

/** What the lexer and the parser report. */
export const SYNTAX_MESSAGES = {
  BCP001: error('The following token is not recognized: "{0}".'),
  BCP002: error(
    'The multi-line comment at this location is not terminated. Terminate it with the */ character sequence.',
  ),
  BCP003: error(
    'The string at this location is not terminated. Terminate the string with a single quote character.',
  ),
  BCP004: error(
    'The string at this location is not terminated due to an unexpected new line character.',
  ),
  BCP005: error(
    'The string at this location is not terminated. Complete the escape sequence and terminate the string with a single unescaped quote character.',
  ),
  BCP006: error(
    'The specified escape sequence is not recognized. Only the following escape sequences are allowed: {0}.',
  ),
  BCP007: error(
    'This declaration type is not recognized. Specify a metadata, parameter, variable, resource, or output declaration.',
  ),
  BCP008: error('Expected the "=" token, or a newline at this location.'),
  BCP009: error(
    'Expected a literal value, an array, an object, a parenthesized expression, or a function call at this location.',
  ),
  BCP010: error('Expected a valid 64-bit signed integer.'),
  BCP012: error('Expected the "{0}" keyword at this location.'),
  BCP013: error('Expected a parameter identifier at this location.'),
  BCP015: error('Expected a variable identifier at this location.'),
  BCP016: error('Expected an output identifier at this location.'),
  BCP017: error('Expected a resource identifier at this location.'),
  BCP018: error('Expected the "{0}" character at this location.'),
  BCP019: error('Expected a new line character at this location.'),
  BCP020: error('Expected a function or property name at this location.'),
  BCP021: error('Expected a numeric literal at this location.'),
  BCP022: error('Expected a property name at this location.'),
  BCP023: error('Expected a variable or function name at this location.'),
  BCP024: error('The identifier exceeds the limit of 255. Reduce the length of the identifier.'),
  BCP029: error(
    'The resource type is not valid. Specify a valid resource type of format "<type-name>@<apiVersion>".',
  ),
  BCP032: error('The value must be a compile-time constant.'),
  BCP064: error('Found unexpected tokens in interpolated expression.'),
  BCP068: error(
    'Expected a resource type string. Specify a valid resource type of format "<type-name>@<apiVersion>".',
  ),
  BCP070: error('Argument of type "{0}" is not assignable to parameter of type "{1}".'),
  BCP071: error('Expected {0}, but got {1}.'),
  BCP087: error('Array and object literals are not allowed here.'),
  BCP096: error('Expected a module identifier at this location.'),
  BCP097: error(
    "Expected a module path string. This should be a relative path to another bicep file, e.g. 'myModule.bicep' or '../parent/myModule.bicep'",
  ),
  BCP103: error(
    'The following token is not recognized: "{0}". Strings are defined using single quotes in bicep.',
  ),
  BCP117: error('An empty indexer is not allowed. Specify a valid expression.'),
  BCP118: error(
    'Expected the "{" character, the "[" character, or the "if" keyword at this location.',
  ),
  BCP123: error('Expected a namespace or decorator name at this location.'),
  BCP133: error(
    'The unicode escape sequence is not valid. Valid unicode escape sequences range from \\u{0} to \\u{10FFFF}.',
  ),
  BCP136: error('Expected a loop item variable identifier at this location.'),
  BCP140: error(
    "The multi-line string at this location is not terminated. Terminate it with \"'''\".",
  ),
  BCP141: error('The expression cannot be used as a decorator as it is not callable.'),
  BCP162: error('Expected a loop item variable identifier or "(" at this location.'),
  BCP167: error('Expected the "{" character or the "if" keyword at this location.'),
  BCP202: error('Expected an extension alias name at this location.'),
  BCP226: error(
    'Expected at least one diagnostic code at this location. Valid format is "#disable-next-line diagnosticCode1 diagnosticCode2 ..."',
  ),
  BCP231: error(
    'Using resource-typed parameters and outputs requires enabling EXPERIMENTAL feature "ResourceTypedParamsAndOutputs".',
  ),
  BCP236: error('Expected a new line or comma character at this location.'),
  BCP237: error('Expected a comma character at this location.'),
  BCP238: error('Unexpected new line character after a comma.'),
  BCP243: error('Parentheses must contain exactly one expression.'),
  BCP249: error(
    'Expected loop variable block to consist of exactly 2 elements (item variable and index variable), but found {0}.',
  ),
  BCP257: error(
    "Expected a Bicep file path string. This should be a relative path to another bicep file, e.g. 'myModule.bicep' or '../parent/myModule.bicep'",
  ),
  BCP266: error('Expected a metadata identifier at this location.'),
  BCP279: error(
    'Expected a type at this location. Please specify a valid type expression or one of the following types: "any", "array", "bool", "int", "object", "string".',
  ),
  BCP285: error('The type expression could not be reduced to a literal value.'),
  BCP296: error('Property names on types must be compile-time constant values.'),
  BCP300: error(
    'Expected a type literal at this location. Please specify a concrete value or a reference to a literal type.',
  ),
  BCP317: error('Expected an identifier, a string, or an asterisk at this location.'),
  BCP322: error(
    'The `.?` (safe dereference) operator may not be used on instance function invocations.',
  ),
  BCP325: error('Expected a type identifier at this location.'),
  BCP337: error(
    'This declaration type is not valid for a Bicep Parameters file. Supported declarations: "using", "extends", "param", "var", "type".',
  ),
  BCP344: error('Expected an assert identifier at this location.'),
  BCP349: error('Using an assert declaration requires enabling EXPERIMENTAL feature "Assertions".'),
  BCP354: error("Expected left brace ('{') or asterisk ('*') character at this location."),
  BCP355: error('Expected the name of an exported symbol at this location.'),
  BCP356: error('Expected a valid namespace identifier at this location.'),
  BCP375: error(
    "An import list item that identifies its target with a quoted string must include an 'as <alias>' clause.",
  ),
} as const satisfies Record<string, Message>;
