/**
 * An assignment is a statement of its own, or begins or advances a `for` loop.
 *
 * @module
 */

/** Reports `a = b = 1`, `a = 1, b = 1`, `const a = this.a = 1`, `if (a = 1)`, `for (; a = 1;)` and `() => a = 1`. */
export const noInnerAssignment: Deno.lint.Rule = {
  create(context) {
    return {
      AssignmentExpression(node): void {
        const { parent } = node;
        const whole = parent.type === "SequenceExpression" ? parent : node;
        if (parent.type === "ExpressionStatement" || isHead(whole.parent, whole)) return;
        context.report({ node, message: "An assignment is a statement of its own" });
      },
    };
  },
};

/** Whether an expression is what a `for` loop begins with, or what takes it further. */
function isHead(outer: Deno.lint.Node, { range }: Deno.lint.Expression): boolean {
  return outer.type === "ForStatement" &&
    [outer.init, outer.update].some((head) => head?.range[0] === range[0]);
}
