/**
 * `GET /v1/models`: the models that are served.
 *
 * @module
 */
import type { Models } from "./models.ts";

/** A model as OpenAI's interface lists it. */
interface Listed {
  readonly id: string;
  readonly object: "model";
  readonly created: number;
  readonly owned_by: string;
}

/**
 * Lists all models.
 *
 * @param models The models.
 * @returns The list.
 */
export function listOf(models: Models): { object: "list"; data: Listed[] } {
  return { object: "list", data: models.names.map((name) => listed(models, name)) };
}

/**
 * Answers with one model.
 *
 * @param models The models.
 * @param name Its name.
 * @returns The response.
 * @throws {ApiError} If there is none of that name.
 */
export function one(models: Models, name: string): Response {
  models.require(name);
  return Response.json(listed(models, name));
}

function listed(models: Models, id: string): Listed {
  const created = models.open.find(({ name }) => name === id)?.created ?? models.since;
  return { id, object: "model", created, owned_by: "refrain" };
}
