/**
 * The house's mechanical rules as a plugin of `deno lint`.
 *
 * @module
 */
import { jsdocDialect } from "./jsdoc_dialect.ts";
import { noInnerAssignment } from "./no_inner_assignment.ts";
import { noLiteralSpread } from "./no_literal_spread.ts";
import { oneDeclaration } from "./one_declaration.ts";

/** The plugin. */
const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    "jsdoc-dialect": jsdocDialect,
    "no-inner-assignment": noInnerAssignment,
    "no-literal-spread": noLiteralSpread,
    "one-declaration": oneDeclaration,
  },
};

export default plugin;
