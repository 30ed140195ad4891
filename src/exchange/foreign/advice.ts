/**
 * What to do in Python with a file of another program.
 *
 * @module
 */

/** The advice by what the file holds. */
export const IN_PYTHON = {
  /** Objects of PyTorch. */
  torch: "load it in Python with torch.load(), and save its state dict with safetensors.torch.save_file()",
  /** Objects of Python, which run code when they are loaded. */
  pickle: "where you trust it, load it in Python with pickle.load(), and save its weights with safetensors",
  /** A program of PyTorch. */
  program: "load it in Python, and save its state_dict() with safetensors.torch.save_file()",
  /** Arrays without a framework. */
  arrays: "load it in Python with numpy.load(), and save its arrays with safetensors.numpy.save_file()",
  /** What `import` reads. */
  imported: 'make a run of it with "import", or layers with importModel()',
  /** Weights in other layouts. */
  names:
    "read its weights in Python, and save them under PyTorch's names and in its layouts with safetensors",
} as const;
