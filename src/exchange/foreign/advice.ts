/**
 * What to do with a file of another program: a constant each, so that bundlers leave out what nobody says.
 *
 * @module
 */

/** With objects of PyTorch. */
export const TORCH_ADVICE =
  "load it in Python with torch.load(), and save its state dict with safetensors.torch.save_file()";

/** With objects of Python, which run code when they are loaded. */
export const PICKLE_ADVICE =
  "where you trust it, load it in Python with pickle.load(), and save its weights with safetensors";

/** With a program of PyTorch. */
export const PROGRAM_ADVICE =
  "load it in Python, and save its state_dict() with safetensors.torch.save_file()";

/** With arrays without a framework. */
export const ARRAYS_ADVICE =
  "load it in Python with numpy.load(), and save its arrays with safetensors.numpy.save_file()";

/** With what `import` reads. */
export const IMPORT_ADVICE = 'make a run of it with "import", or layers with importModel()';

/** With weights in other layouts. */
export const NAMES_ADVICE =
  "read its weights in Python, and save them under PyTorch's names and in its layouts with safetensors";
