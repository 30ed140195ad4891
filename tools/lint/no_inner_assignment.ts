/**
 * An assignment is a statement of its own, or stands in the head of a `for` loop.
 *
 * @module
 */

/** Reports `a = b = 1`, `const a = this.a = 1`, `if (a = 1)` and `() => a = 1`. */
export const noInnerAssignment: Deno.lint.Rule = {
  create(context) {
    return {
      AssignmentExpression(node): void {
        const outer = node.parent.type === "SequenceExpression" ? node.parent.parent : node.parent;
        if (outer.type === "ExpressionStatement" || outer.type === "ForStatement") return;
        context.report({ node, message: "An assignment is a statement of its own" });
      },
    };
  },
};
