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
        const { parent } = node;
        const isHead = parent.type === "ForStatement" && parent.init?.range[0] === node.range[0];
        if (node.declarations.length === 1 || isHead) return;
        context.report({ node, message: "A statement declares one variable" });
      },
    };
  },
};
