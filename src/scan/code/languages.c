/* languages.c - what the grammars' names of nodes and fields mean to us. Data: one line a name. */
#include "scan/code/tree.h"

const code_word code_roles[] = {
    { "function", ROLE_FUNCTION }, { "constructor", ROLE_FUNCTION }, { "arguments", ROLE_ARGS }, { "object", ROLE_OBJECT }, { "operand", ROLE_OBJECT },
    { "expression", ROLE_OBJECT }, { "path", ROLE_MODULE }, { "scope", ROLE_OBJECT }, { "qualifier", ROLE_OBJECT }, { "attribute", ROLE_PROPERTY },
    { "property", ROLE_PROPERTY }, { "field", ROLE_PROPERTY }, { "name", ROLE_NAME }, { "pattern", ROLE_NAME }, { "value", ROLE_VALUE },
    { "left", ROLE_LEFT }, { "right", ROLE_RIGHT }, { "key", ROLE_KEY }, { "body", ROLE_BODY }, { "initializer", ROLE_BODY }, { "alias", ROLE_ALIAS },
    { "module_name", ROLE_MODULE }, { "source", ROLE_MODULE }, { "type", ROLE_TYPE }, { "definition", ROLE_DEFINITION }, { "list", ROLE_LIST }, { "condition", ROLE_CONDITION },
    { "alternative", ROLE_ELSE },
    { NULL, 0 },
};

static const code_word python[] = {
    { "call", CODE_CALL }, { "argument_list", CODE_ARGS }, { "keyword_argument", CODE_KEYWORD }, { "string", CODE_STRING }, { "string_content", CODE_PART },
    { "escape_sequence", CODE_ESCAPE }, { "interpolation", CODE_HOLE }, { "concatenated_string", CODE_CONCAT }, { "identifier", CODE_NAME },
    { "attribute", CODE_MEMBER }, { "subscript", CODE_INDEX }, { "list", CODE_LIST }, { "tuple", CODE_LIST }, { "dictionary", CODE_DICT },
    { "pair", CODE_PAIR },
    { "assignment", CODE_ASSIGN }, { "named_expression", CODE_DECLARE }, { "default_parameter", CODE_PARAMETER }, { "typed_default_parameter", CODE_PARAMETER },
    { "typed_parameter", CODE_TYPED }, { "function_definition", CODE_FUNCTION }, { "lambda", CODE_OTHER }, { "class_definition", CODE_CLASS },
    { "decorated_definition", CODE_DECORATED }, { "decorator", CODE_DECORATOR }, { "import_statement", CODE_IMPORT },
    { "import_from_statement", CODE_IMPORT_FROM }, { "aliased_import", CODE_IMPORT_NAME }, { "boolean_operator", CODE_OR },
    { "binary_operator", CODE_BINARY }, { "return_statement", CODE_RETURN }, { "expression_statement", CODE_STATEMENT },
    { "type", CODE_WRAP }, { "parenthesized_expression", CODE_WRAP }, { "await", CODE_WRAP }, { "true", CODE_TRUE }, { "false", CODE_FALSE },
    { "if_statement", CODE_BRANCH }, { "elif_clause", CODE_BRANCH }, { "case_clause", CODE_CASE }, { "conditional_expression", CODE_PICK },
    { "none", CODE_NONE }, { "as_pattern", CODE_AS }, { "as_pattern_target", CODE_WRAP }, { "comment", CODE_COMMENT }, { NULL, 0 },
};

#define ECMASCRIPT \
    { "call_expression", CODE_CALL }, { "new_expression", CODE_CALL }, { "arguments", CODE_ARGS }, { "string", CODE_STRING }, { "template_string", CODE_STRING }, \
    { "string_fragment", CODE_PART }, { "escape_sequence", CODE_ESCAPE }, { "template_substitution", CODE_HOLE }, { "identifier", CODE_NAME }, \
    { "this", CODE_SELF }, { "member_expression", CODE_MEMBER }, { "subscript_expression", CODE_INDEX }, { "array", CODE_LIST }, { "object", CODE_DICT }, \
    { "pair", CODE_PAIR }, { "shorthand_property_identifier", CODE_SHORT }, { "assignment_expression", CODE_ASSIGN }, { "variable_declarator", CODE_DECLARE }, \
    { "assignment_pattern", CODE_PARAMETER }, { "object_assignment_pattern", CODE_PARAMETER }, { "function_declaration", CODE_FUNCTION }, \
    { "function_expression", CODE_FUNCTION }, { "arrow_function", CODE_FUNCTION }, { "generator_function_declaration", CODE_FUNCTION }, \
    { "method_definition", CODE_FUNCTION }, { "class_declaration", CODE_CLASS }, { "class", CODE_CLASS }, { "abstract_class_declaration", CODE_CLASS }, \
    { "field_definition", CODE_DECLARE }, { "public_field_definition", CODE_DECLARE }, { "import_statement", CODE_IMPORT }, \
    { "import_specifier", CODE_IMPORT_NAME }, { "binary_expression", CODE_OR }, { "return_statement", CODE_RETURN }, { "expression_statement", CODE_STATEMENT }, \
    { "parenthesized_expression", CODE_WRAP }, { "await_expression", CODE_WRAP }, { "as_expression", CODE_WRAP }, { "satisfies_expression", CODE_WRAP }, \
    { "non_null_expression", CODE_WRAP }, { "required_parameter", CODE_PARAMETER }, { "optional_parameter", CODE_PARAMETER }, { "type_annotation", CODE_WRAP }, \
    { "type_identifier", CODE_NAME }, { "decorator", CODE_DECORATOR }, { "true", CODE_TRUE }, { "false", CODE_FALSE }, { "null", CODE_NONE }, { "undefined", CODE_NONE }, \
    { "if_statement", CODE_BRANCH }, { "ternary_expression", CODE_BRANCH }, { "switch_case", CODE_CASE }, { "comment", CODE_COMMENT }, { NULL, 0 }

static const code_word javascript[] = { ECMASCRIPT };

static const code_word go[] = {
    { "call_expression", CODE_CALL }, { "argument_list", CODE_ARGS }, { "interpreted_string_literal", CODE_STRING }, { "raw_string_literal", CODE_STRING },
    { "interpreted_string_literal_content", CODE_PART }, { "raw_string_literal_content", CODE_PART }, { "escape_sequence", CODE_ESCAPE },
    { "identifier", CODE_NAME }, { "package_identifier", CODE_NAME }, { "type_identifier", CODE_NAME }, { "selector_expression", CODE_MEMBER },
    { "qualified_type", CODE_MEMBER }, { "index_expression", CODE_INDEX }, { "composite_literal", CODE_COMPOSITE }, { "literal_value", CODE_DICT },
    { "keyed_element", CODE_PAIR }, { "literal_element", CODE_WRAP }, { "short_var_declaration", CODE_ASSIGN }, { "assignment_statement", CODE_ASSIGN },
    { "var_spec", CODE_DECLARE }, { "const_spec", CODE_DECLARE }, { "expression_list", CODE_WRAP }, { "unary_expression", CODE_WRAP },
    { "parenthesized_expression", CODE_WRAP }, { "parameter_declaration", CODE_TYPED }, { "field_declaration", CODE_TYPED }, { "pointer_type", CODE_WRAP },
    { "function_declaration", CODE_FUNCTION }, { "method_declaration", CODE_FUNCTION }, { "func_literal", CODE_FUNCTION }, { "import_spec", CODE_IMPORT },
    { "binary_expression", CODE_OR }, { "return_statement", CODE_RETURN }, { "expression_statement", CODE_STATEMENT }, { "true", CODE_TRUE },
    { "false", CODE_FALSE },
    { "if_statement", CODE_BRANCH }, { "expression_case", CODE_CASE }, { "nil", CODE_NONE }, { "comment", CODE_COMMENT }, { NULL, 0 },
};

static const code_word java[] = {
    { "generic_type", CODE_WRAP }, { "method_invocation", CODE_CALL }, { "object_creation_expression", CODE_CALL }, { "argument_list", CODE_ARGS },
    { "annotation_argument_list", CODE_ARGS },
    { "string_literal", CODE_STRING }, { "string_fragment", CODE_PART }, { "multiline_string_fragment", CODE_PART }, { "escape_sequence", CODE_ESCAPE },
    { "identifier", CODE_NAME }, { "type_identifier", CODE_NAME }, { "this", CODE_SELF }, { "field_access", CODE_MEMBER }, { "scoped_identifier", CODE_MEMBER },
    { "array_initializer", CODE_LIST }, { "variable_declarator", CODE_DECLARE }, { "assignment_expression", CODE_ASSIGN },
    { "method_declaration", CODE_FUNCTION },
    { "constructor_declaration", CODE_FUNCTION }, { "lambda_expression", CODE_OTHER }, { "class_declaration", CODE_CLASS },
    { "record_declaration", CODE_CLASS },
    { "interface_declaration", CODE_CLASS }, { "import_declaration", CODE_IMPORT }, { "formal_parameter", CODE_TYPED }, { "annotation", CODE_DECORATOR },
    { "marker_annotation", CODE_DECORATOR }, { "binary_expression", CODE_OR }, { "parenthesized_expression", CODE_WRAP }, { "cast_expression", CODE_OTHER },
    { "return_statement", CODE_RETURN }, { "expression_statement", CODE_STATEMENT }, { "element_value_pair", CODE_KEYWORD }, { "true", CODE_TRUE },
    { "false", CODE_FALSE },
    { "if_statement", CODE_BRANCH }, { "ternary_expression", CODE_BRANCH }, { "switch_block_statement_group", CODE_CASE }, { "switch_rule", CODE_CASE },
    { "null_literal", CODE_NONE }, { "line_comment", CODE_COMMENT }, { "block_comment", CODE_COMMENT }, { NULL, 0 },
};

static const code_word rust[] = {
    { "call_expression", CODE_CALL }, { "arguments", CODE_ARGS }, { "string_literal", CODE_STRING }, { "raw_string_literal", CODE_STRING },
    { "string_content", CODE_PART }, { "escape_sequence", CODE_ESCAPE }, { "identifier", CODE_NAME }, { "type_identifier", CODE_NAME }, { "self", CODE_SELF },
    { "field_expression", CODE_MEMBER }, { "scoped_identifier", CODE_MEMBER }, { "scoped_type_identifier", CODE_MEMBER }, { "index_expression", CODE_INDEX },
    { "array_expression", CODE_LIST }, { "struct_expression", CODE_COMPOSITE }, { "field_initializer_list", CODE_DICT }, { "field_initializer", CODE_PAIR },
    { "let_declaration", CODE_DECLARE }, { "const_item", CODE_DECLARE }, { "static_item", CODE_DECLARE }, { "assignment_expression", CODE_ASSIGN },
    { "function_item", CODE_FUNCTION }, { "impl_item", CODE_CLASS }, { "use_declaration", CODE_USE }, { "parameter", CODE_TYPED },
    { "field_declaration", CODE_TYPED },
    { "reference_type", CODE_WRAP }, { "generic_type", CODE_WRAP }, { "reference_expression", CODE_WRAP }, { "try_expression", CODE_WRAP },
    { "await_expression", CODE_WRAP }, { "parenthesized_expression", CODE_WRAP }, { "attribute_item", CODE_DECORATOR },
    { "expression_statement", CODE_STATEMENT },
    { "if_expression", CODE_BRANCH }, { "match_arm", CODE_CASE },
    { "boolean_literal", CODE_OTHER }, { "line_comment", CODE_COMMENT }, { "block_comment", CODE_COMMENT }, { NULL, 0 },
};

static const code_word csharp[] = {
    { "invocation_expression", CODE_CALL }, { "object_creation_expression", CODE_CALL }, { "implicit_object_creation_expression", CODE_CALL },
    { "argument_list", CODE_ARGS }, { "argument", CODE_KEYWORD }, { "attribute_argument_list", CODE_ARGS }, { "attribute_argument", CODE_WRAP },
    { "string_literal", CODE_STRING }, { "verbatim_string_literal", CODE_STRING }, { "raw_string_literal", CODE_STRING },
    { "interpolated_string_expression", CODE_STRING },
    { "string_literal_content", CODE_PART }, { "raw_string_content", CODE_PART }, { "string_content", CODE_PART }, { "escape_sequence", CODE_ESCAPE },
    { "interpolation", CODE_HOLE }, { "identifier", CODE_NAME }, { "generic_name", CODE_WRAP }, { "this", CODE_SELF },
    { "member_access_expression", CODE_MEMBER },
    { "qualified_name", CODE_MEMBER }, { "initializer_expression", CODE_DICT }, { "collection_expression", CODE_LIST }, { "collection_element", CODE_WRAP },
    { "expression_element", CODE_WRAP }, { "variable_declarator", CODE_DECLARE }, { "property_declaration", CODE_DECLARE },
    { "assignment_expression", CODE_ASSIGN },
    { "method_declaration", CODE_FUNCTION }, { "constructor_declaration", CODE_FUNCTION }, { "local_function_statement", CODE_FUNCTION },
    { "class_declaration", CODE_CLASS }, { "record_declaration", CODE_CLASS }, { "using_directive", CODE_IMPORT }, { "parameter", CODE_TYPED },
    { "attribute", CODE_DECORATOR }, { "binary_expression", CODE_OR }, { "await_expression", CODE_WRAP }, { "parenthesized_expression", CODE_WRAP },
    { "if_statement", CODE_BRANCH }, { "conditional_expression", CODE_BRANCH }, { "switch_section", CODE_CASE }, { "switch_expression_arm", CODE_CASE },
    { "postfix_unary_expression", CODE_WRAP }, /* x! */
    { "return_statement", CODE_RETURN }, { "expression_statement", CODE_STATEMENT }, { "boolean_literal", CODE_OTHER }, { "null_literal", CODE_NONE },
    { "comment", CODE_COMMENT },
    { NULL, 0 },
};

const code_word *const code_kinds[CODE_LANGUAGES] = {
    [CODE_PYTHON] = python, [CODE_JAVASCRIPT] = javascript, [CODE_TYPESCRIPT] = javascript, [CODE_TSX] = javascript,
    [CODE_GO] = go, [CODE_JAVA] = java, [CODE_RUST] = rust, [CODE_CSHARP] = csharp,
};
