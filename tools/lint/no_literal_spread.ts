/**
 * A literal is not spread into another: its members stand where the spread would be.
 *
 * @module
 */

/** Reports `{ ...{ a, b }, c }`, `[...[a, b], c]` and `call(...[a, b])`. */
export const noLiteralSpread: Deno.lint.Rule = {
  create(context) {
    return {
      SpreadElement(node): void {
        const { type } = withoutType(node.argument);
        if (type !== "ObjectExpression" && type !== "ArrayExpression") return;
        context.report({ node, message: "A literal is not spread: its members stand in its place" });
      },
    };
  },
};

/** An expression without the `as const`, `satisfies T` or `!` around it. */
function withoutType(expression: Deno.lint.Expression): Deno.lint.Expression {
  switch (expression.type) {
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
      return withoutType(expression.expression);
    default:
      return expression;
  }
}
