import type { DiagnosticLevel } from './diagnostic.js';

interface Entry {
  readonly level: DiagnosticLevel;
  /** `{0}` and so on are the places of the arguments. */
  readonly message: string;
}

const error = (message: string): Entry => ({ level: 'Error', message });
const warning = (message: string): Entry => ({ level: 'Warning', message });

/**
 * Every diagnostic of the compiler. A `BCP` code means the rule that has this code in the Bicep language;
 * @see https://learn.microsoft.com/azure/azure-resource-manager/bicep/diagnostics/bicep-core-diagnostics
 */
export const CATALOGUE = {
  BCP001: error('The token "{0}" is not recognized.'),
  BCP002: error('This comment is not closed. Close it with */.'),
  BCP003: error('This string is not closed. Close it with a single quote.'),
  BCP004: error('This string is not closed before the end of the line.'),
  BCP005: error('This string ends inside an escape sequence.'),
  BCP006: error('The escape sequence is not recognized. Use one of: {0}.'),
  BCP007: error(
    'This declaration is not recognized. Specify a metadata, parameter, variable, type, function, resource, module, or output declaration.',
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
  BCP024: error('The identifier is longer than {0} characters.'),
  BCP025: error(
    'The property "{0}" is declared multiple times in this object. Remove or rename the duplicates.',
  ),
  BCP028: error('Identifier "{0}" is declared multiple times. Remove or rename the duplicates.'),
  BCP029: error(
    'The resource type is not valid. Specify a type of the form "<type-name>@<apiVersion>".',
  ),
  BCP032: error('The value must be a compile-time constant.'),
  BCP033: error('Expected a value of type "{0}" but the provided value is of type "{1}".'),
  BCP035: error('The "{0}" declaration is missing the following required properties: {1}.'),
  BCP036: error(
    'The property "{0}" expected a value of type "{1}" but the provided value is of type "{2}".',
  ),
  BCP037: warning('The property "{0}" is not allowed on objects of type "{1}". {2}'),
  BCP044: error('The operator "{0}" can\'t be applied to a value of type "{1}".'),
  BCP045: error('The operator "{0}" can\'t be applied to values of type "{1}" and "{2}".'),
  BCP046: error('Expected a value of type "{0}" but the provided value is of type "{1}".'),
  BCP047: error("A resource type can't be interpolated."),
  BCP050: error('The specified path is empty.'),
  BCP051: error('The path is absolute. Files must be referenced by relative paths.'),
  BCP052: error('The type "{0}" does not contain property "{1}".'),
  BCP053: error(
    'The type "{0}" does not contain property "{1}". Available properties include {2}.',
  ),
  BCP055: error('Properties of type "{0}" can\'t be accessed. An "object" type is required.'),
  BCP057: error('The name "{0}" does not exist in the current context.'),
  BCP059: error('The name "{0}" is not a function.'),
  BCP060: error('The "variables" function is not supported. Reference variables by their names.'),
  BCP061: error('The "parameters" function is not supported. Reference parameters by their names.'),
  BCP064: error('Found unexpected tokens in an interpolated expression.'),
  BCP065: error(
    'Function "{0}" is not valid at this location. It can only be used as a parameter default value.',
  ),
  BCP068: error('Expected a resource type string of the form "<type-name>@<apiVersion>".'),
  BCP069: error('The function "{0}" is not supported. Use the "{1}" operator instead.'),
  BCP071: error('Expected {0}, but got {1}.'),
  BCP072: error(
    "This symbol can't be referenced here. Only other parameters can be referenced in parameter default values.",
  ),
  BCP073: warning(
    'The property "{0}" is read-only. Expressions cannot be assigned to read-only properties.',
  ),
  BCP079: error('This expression references its own declaration, which is not allowed.'),
  BCP080: error('The expression is involved in a cycle ({0}).'),
  BCP082: error('The name "{0}" does not exist in the current context. Did you mean "{1}"?'),
  BCP083: error('The type "{0}" does not contain property "{1}". Did you mean "{2}"?'),
  BCP088: error(
    'The property "{0}" expected a value of type {1} but the provided value is of type "{2}". Did you mean "{3}"?',
  ),
  BCP089: warning(
    'The property "{0}" is not allowed on objects of type "{1}". Did you mean "{2}"?',
  ),
  BCP091: error('The file could not be read: {0}'),
  BCP092: error("A file path can't be interpolated."),
  BCP094: error('This module references itself, which is not allowed.'),
  BCP095: error('The file is involved in a cycle ({0}).'),
  BCP096: error('Expected a module identifier at this location.'),
  BCP097: error("Expected a path to another Bicep file, e.g. './myModule.bicep'."),
  BCP098: error('The path contains a "\\" character. Use "/" between directories.'),
  BCP099: error('The "allowed" array must contain one or more items.'),
  BCP100: error('The function "if" is not supported. Use the "?:" (ternary) operator instead.'),
  BCP101: error('The "createArray" function is not supported. Write an array as [].'),
  BCP102: error('The "createObject" function is not supported. Write an object as {}.'),
  BCP103: error('The token {0} is not recognized. Strings are written in single quotes.'),
  BCP104: error('The referenced module has errors.'),
  BCP106: error(
    "Expected a new line character at this location. Commas don't separate declarations.",
  ),
  BCP112: error('The "targetScope" cannot be declared multiple times in one file.'),
  BCP117: error('An empty indexer is not allowed. Specify a valid expression.'),
  BCP118: error(
    'Expected the "{" character, the "[" character, or the "if" keyword at this location.',
  ),
  BCP120: error(
    'This value is assigned to the "{0}" property, which must be known at the start of the deployment. {1}',
  ),
  BCP123: error('Expected a namespace or decorator name at this location.'),
  BCP125: error('Function "{0}" cannot be used as a parameter decorator.'),
  BCP126: error('Function "{0}" cannot be used as a variable decorator.'),
  BCP127: error('Function "{0}" cannot be used as a resource decorator.'),
  BCP128: error('Function "{0}" cannot be used as a module decorator.'),
  BCP129: error('Function "{0}" cannot be used as an output decorator.'),
  BCP130: error('Decorators are not allowed here.'),
  BCP132: error('Expected a declaration after the decorator.'),
  BCP133: error(
    'The unicode escape sequence is not valid. Valid ones range from \\u{0} to \\u{10FFFF}.',
  ),
  BCP136: error('Expected a loop item variable identifier at this location.'),
  BCP137: error(
    'A loop expected an expression of type "array" but the provided value is of type "{0}".',
  ),
  BCP138: error(
    'For-expressions are not supported here. They may be values of resource, module, variable and output declarations, and of resource and module properties.',
  ),
  BCP140: error("This multi-line string is not closed. Close it with '''."),
  BCP141: error('The expression cannot be used as a decorator as it is not callable.'),
  BCP145: error('Output "{0}" is declared multiple times. Remove or rename the duplicates.'),
  BCP149: error('Expected a resource declaration after the decorator.'),
  BCP152: error('Function "{0}" cannot be used as a decorator.'),
  BCP154: error('Expected a batch size of at least 1 but the specified value was "{0}".'),
  BCP155: error('The decorator "{0}" can only be attached to resource or module collections.'),
  BCP156: error(
    'The resource type segment "{0}" is invalid. Nested resources specify a single type segment, and optionally "@<apiVersion>".',
  ),
  BCP158: error('Nested resources of type "{0}" can\'t be accessed. A resource type is required.'),
  BCP159: error('The resource "{0}" does not contain a nested resource named "{1}".{2}'),
  BCP160: error('A nested resource cannot appear inside of a resource with a for-expression.'),
  BCP162: error('Expected a loop item variable identifier or "(" at this location.'),
  BCP163: error('Expected a loop index variable identifier at this location.'),
  BCP164: error(
    'A child resource takes its scope from its parent, so it can\'t have the "scope" property.',
  ),
  BCP165: error(
    "A resource's scope must match the scope of the Bicep file for it to be deployable. Use modules to deploy resources to a different scope.",
  ),
  BCP166: error('Duplicate "{0}" decorator.'),
  BCP167: error('Expected the "{" character or the "if" keyword at this location.'),
  BCP169: error(
    'Expected resource name to contain {0} "/" character(s): one segment for each of the resource type.',
  ),
  BCP170: error(
    'Expected resource name to not contain any "/" characters: a child resource is named by its last segment only.',
  ),
  BCP173: error('The property "{0}" cannot be used in an existing resource declaration.'),
  BCP177: error(
    'This expression is used in an if-condition, which must be known at the start of the deployment. {0}',
  ),
  BCP178: error(
    'This expression is used in a for-expression, which must be known at the start of the deployment. {0}',
  ),
  BCP179: warning(
    'A unique name is needed for each turn of the loop. The loop variable "{0}" must be referenced in the "name"{1} property.',
  ),
  BCP182: error(
    'This expression is used in the variable "{0}", which must be known at the start of the deployment. {1}',
  ),
  BCP183: error('The value of the module "params" property must be an object literal.'),
  BCP186: error('The file is not well-formed JSON.'),
  BCP202: error('Expected an alias name at this location.'),
  BCP226: error('Expected at least one diagnostic code at this location.'),
  BCP236: error('Expected a new line or comma character at this location.'),
  BCP237: error('Expected a comma character at this location.'),
  BCP240: error(
    'The "parent" property only permits direct references to resources. Expressions are not supported.',
  ),
  BCP243: error('Parentheses must contain exactly one expression.'),
  BCP249: error('Expected two loop variables, an item and an index, but found {0}.'),
  BCP250: error('Parameter "{0}" is assigned multiple times. Remove or rename the duplicates.'),
  BCP257: error("Expected a path to a Bicep file, e.g. './main.bicep'."),
  BCP258: error(
    'The following parameters are declared in the Bicep file but are missing an assignment in the params file: {0}.',
  ),
  BCP259: error(
    'The parameter "{0}" is assigned in the params file without being declared in the Bicep file.',
  ),
  BCP261: error('A using declaration must be present in this parameters file.'),
  BCP262: error('More than one using declaration is present.'),
  BCP266: error('Expected a metadata identifier at this location.'),
  BCP268: error('Metadata identifiers that start with "_" are reserved: "{0}".'),
  BCP279: error(
    'Expected a type at this location: a type expression, or one of "array", "bool", "int", "object", "string".',
  ),
  BCP287: error('"{0}" refers to a value but is being used as a type here.'),
  BCP288: error('"{0}" refers to a type but is being used as a value here.'),
  BCP296: error('Property names on types must be compile-time constant values.'),
  BCP297: error('Function "{0}" cannot be used as a type decorator.'),
  BCP302: error('The name "{0}" is not a valid type.'),
  BCP317: error('Expected an identifier, a string, or an asterisk at this location.'),
  BCP325: error('Expected a type identifier at this location.'),
  BCP326: error(
    'Nullable-typed parameters may not be assigned default values. They have an implicit default of "null".',
  ),
  BCP355: error('Expected the name of an exported symbol at this location.'),
  BCP360: error('The "{0}" symbol was not found in (or was not exported by) the imported file.'),
  LZB001: error('{0} is not supported by this compiler.'),
} as const satisfies Record<string, Entry>;

export type DiagnosticCode = keyof typeof CATALOGUE;
