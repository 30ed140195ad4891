/**
 * A statement declares one variable; the head of a `for` loop may declare more.
 *
 * @module
 */

/** Reports `const a = 1, b = 2`. */
export const oneDeclaration: Deno.lint.Rule = {
  create(context) {
    return {
      VariableDeclaration(node): void {
        if (node.declarations.length === 1 || node.parent.type === "ForStatement") return;
        context.report({ node, message: "A statement declares one variable" });
      },
    };
  },
};
