import { error, warning, type Message } from './message.js';

/** What the checks report of well-formed files: types, values, what can be known when. */
export const CHECK_MESSAGES = {
  BCP025: error(
    'The property "{0}" is declared multiple times in this object. Remove or rename the duplicate properties.',
  ),
  BCP033: error('Expected a value of type "{0}" but the provided value is of type "{1}".'),
  BCP034: error(
    'The enclosing array expected an item of type "{0}", but the provided item was of type "{1}".',
  ),
  BCP035: error(
    'The specified "{0}" declaration is missing the following required properties: {1}.{2}',
  ),
  BCP036: error(
    'The property "{0}" expected a value of type "{1}" but the provided value is of type "{2}".{3}',
  ),
  BCP037: error('The property "{0}" is not allowed on objects of type "{1}". {2}{3}'),
  BCP044: error('Cannot apply operator "{0}" to operand of type "{1}".'),
  BCP045: error('Cannot apply operator "{0}" to operands of type "{1}" and "{2}".{3}'),
  BCP046: error('Expected a value of type "{0}".'),
  BCP048: error('Cannot resolve function overload.{0}'),
  BCP049: error(
    'The array index must be of type "string" or "int" but the provided index was of type "{0}".',
  ),
  BCP052: error('The type "{0}" does not contain property "{1}".'),
  BCP053: error(
    'The type "{0}" does not contain property "{1}". Available properties include {2}.',
  ),
  BCP055: error('Cannot access properties of type "{0}". An "object" type is required.'),
  BCP057: error('The name "{0}" does not exist in the current context.'),
  BCP062: error('The referenced declaration with name "{0}" is not valid.'),
  BCP065: error(
    'Function "{0}" is not valid at this location. It can only be used as a parameter default value.',
  ),
  BCP067: error('Cannot call functions on type "{0}". An "object" type is required.'),
  BCP072: error(
    'This symbol cannot be referenced here. Only other parameters can be referenced in parameter default values.',
  ),
  BCP073: warning(
    'The property "{0}" is read-only. Expressions cannot be assigned to read-only properties.{1}',
  ),
  BCP074: error(
    'Indexing over arrays requires an index of type "int" but the provided index was of type "{0}".',
  ),
  BCP075: error(
    'Indexing over objects requires an index of type "string" but the provided index was of type "{0}".',
  ),
  BCP076: error('Cannot index over expression of type "{0}". Arrays or objects are required.'),
  BCP079: error('This expression is referencing its own declaration, which is not allowed.'),
  BCP080: error('The expression is involved in a cycle ("{0}").'),
  BCP083: error('The type "{0}" does not contain property "{1}". Did you mean "{2}"?'),
  BCP088: error(
    'The property "{0}" expected a value of type "{1}" but the provided value is of type "{2}". Did you mean "{3}"?',
  ),
  BCP089: error('The property "{0}" is not allowed on objects of type "{1}". Did you mean "{2}"?'),
  BCP099: error('The "allowed" array must contain one or more items.'),
  BCP120: error(
    'This expression is being used in an assignment to the "{0}" property of the "{1}" type, which requires a value that can be calculated at the start of the deployment.{2}',
  ),
  BCP121: error(
    'Resources: {0} are defined with this same name in a file. Rename them or split into different modules.',
  ),
  BCP122: error(
    'Modules: {0} are defined with this same name and this same scope in a file. Rename them or split into different modules.',
  ),
  BCP124: error(
    'The decorator "{0}" can only be attached to targets of type "{1}", but the target has type "{2}".',
  ),
  BCP125: error('Function "{0}" cannot be used as a parameter decorator.'),
  BCP126: error('Function "{0}" cannot be used as a variable decorator.'),
  BCP127: error('Function "{0}" cannot be used as a resource decorator.'),
  BCP128: error('Function "{0}" cannot be used as a module decorator.'),
  BCP129: error('Function "{0}" cannot be used as an output decorator.'),
  BCP130: error('Decorators are not allowed here.'),
  BCP132: error('Expected a declaration after the decorator.'),
  BCP137: error(
    'Loop expected an expression of type "array" but the provided value is of type "{0}".',
  ),
  BCP138: error(
    'For-expressions are not supported in this context. For-expressions may be used as values of resource, module, variable, and output declarations, or values of resource and module properties.',
  ),
  BCP139: error(
    "A resource's scope must match the scope of the Bicep file for it to be deployable. You must use modules to deploy resources to a different scope.",
  ),
  BCP147: error('Expected a parameter declaration after the decorator.'),
  BCP149: error('Expected a resource declaration after the decorator.'),
  BCP152: error('Function "{0}" cannot be used as a decorator.'),
  BCP153: error('Expected a resource or module declaration after the decorator.'),
  BCP154: error('Expected a batch size of at least {0} but the specified value was "{1}".'),
  BCP155: error('The decorator "{0}" can only be attached to resource or module collections.'),
  BCP164: error(
    'A child resource\'s scope is computed based on the scope of its ancestor resource. This means that using the "scope" property on a child resource is unsupported.',
  ),
  BCP166: error('Duplicate "{0}" decorator.'),
  BCP168: error('Length must not be a negative value.'),
  BCP169: error(
    'Expected resource name to contain {0} "/" character(s). The number of name segments must match the number of segments in the resource type.',
  ),
  BCP170: error(
    'Expected resource name to not contain any "/" characters. Child resources with a parent resource reference (via the parent property or via nesting) must not contain a fully-qualified name.',
  ),
  BCP173: error('The property "{0}" cannot be used in an existing resource declaration.'),
  BCP177: error(
    'This expression is being used in the if-condition expression, which requires a value that can be calculated at the start of the deployment.{0}',
  ),
  BCP178: error(
    'This expression is being used in the for-expression, which requires a value that can be calculated at the start of the deployment.{0}',
  ),
  BCP179: warning(
    'Unique resource or deployment name is required when looping. The loop item variable "{0}" {1}must be referenced in at least one of the value expressions of the following properties{2}: {3}',
  ),
  BCP180: error(
    'Function "{0}" is not valid at this location. It can only be used when directly assigning to a module parameter with a secure decorator.',
  ),
  BCP182: error(
    'This expression is being used in the for-body of the variable "{0}", which requires values that can be calculated at the start of the deployment.{1}',
  ),
  BCP183: error('The value of the module "{0}" property must be an object literal.'),
  BCP242: error('Lambda functions may only be specified directly as function arguments.'),
  BCP247: error(
    'Using lambda variables inside resource or module array access is not currently supported. Found the following lambda variable(s) being accessed: {0}.',
  ),
  BCP248: error(
    'Using lambda variables inside the "{0}" function is not currently supported. Found the following lambda variable(s) being accessed: {1}.',
  ),
  BCP269: error('Function "{0}" cannot be used as a metadata decorator.'),
  BCP286: error("This union member is invalid because it cannot be assigned to the '{0}' type."),
  BCP289: error('The type definition is not valid.'),
  BCP292: error('Expected a parameter, output, or type declaration after the decorator.'),
  BCP293: error('All members of a union type declaration must be literal values.'),
  BCP294: error(
    "Type unions must be reducible to a single ARM type (such as 'string', 'int', or 'bool').",
  ),
  BCP295: error(
    "The '{0}' decorator may not be used on targets of a union or literal type. The allowed values for this parameter or type definition will be derived from the union or literal type automatically.",
  ),
  BCP297: error('Function "{0}" cannot be used as a type decorator.'),
  BCP298: error(
    'This type definition includes itself as required component, which creates a constraint that cannot be fulfilled.',
  ),
  BCP299: error(
    'This type definition includes itself as a required component via a cycle ("{0}").',
  ),
  BCP308: error(
    'The decorator "{0}" may not be used on statements whose declared type is a reference to a user-defined type.',
  ),
  BCP311: error('The provided index value of "{0}" is not valid for type "{1}".{2}'),
  BCP316: error(
    'The "sealed" decorator may not be used on object types with an explicit additional properties type declaration.',
  ),
  BCP326: error(
    "Nullable-typed parameters may not be assigned default values. They have an implicit default of 'null' that cannot be overridden.",
  ),
  BCP351: error(
    'Function "{0}" is not valid at this location. It can only be used when directly assigning to a parameter.',
  ),
  BCP363: error(
    'The "discriminator" decorator can only be applied to object-only union types with unique member types.',
  ),
  BCP364: error('The property "{0}" must be a required string literal on all union member types.'),
  BCP365: error(
    'The value "{0}" for discriminator property "{1}" is duplicated across multiple union member types. The value must be unique across all union member types.',
  ),
  BCP366: error('The discriminator property name must be "{0}" on all union member types.'),
  BCP386: error(
    'The decorator "{0}" may not be used on statements whose declared type is a reference to a resource-derived type.',
  ),
  BCP388: error('Cannot access elements of type "{0}" by index. An tuple type is required.'),
  BCP389: error('The type "{0}" does not declare an additional properties type.'),
  BCP390: error("The array item type access operator ('[*]') can only be used with typed arrays."),
  BCP408: error('The "nameof" function can only be used with an expression which has a name.'),
} as const satisfies Record<string, Message>;
