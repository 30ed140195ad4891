//! Models of burn and candle, saved in each of their formats, with what they answer to ids: cases for run.ts.
//!
//!     cargo run -- FOLDER
//!
//! rust_project.ts puts it into a project, with both pinned.

use burn::backend::NdArray;
use burn::module::{Initializer, Module};
use burn::nn::gru::{Gru, GruConfig};
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig, Lstm, LstmConfig};
use burn::record::{FullPrecisionSettings, HalfPrecisionSettings, NamedMpkFileRecorder};
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};
use burn_store::{BurnToPyTorchAdapter, ModuleSnapshot, SafetensorsStore};
use candle_nn::rnn::{GRUConfig, LSTMConfig, RNN, gru, lstm};
use candle_nn::{Module as _, VarBuilder, VarMap};

type Cpu = NdArray<f32>;
const STEPS: usize = 7;
const ROWS: usize = 2;
const INPUTS: usize = 4;
const UNITS: usize = 5;
const TOKENS: usize = 8;

fn ids() -> Vec<i64> {
    (0..ROWS * STEPS).map(|i| ((i * i * 3 + i) % TOKENS) as i64).collect()
}

/// A case as JSON; `told` are members of it that say what the files do not.
fn case(name: &str, files: &[String], golden: bool, told: &str, output: &[f32]) -> String {
    let quoted: Vec<String> = files.iter().map(|file| format!("\"{file}\"")).collect();
    format!(
        "{{\"name\":\"{name}\",\"files\":[{}],\"golden\":{golden},{told}\"input\":{{\"shape\":[{ROWS},{STEPS}],\"data\":{:?}}},\
         \"output\":{{\"shape\":[{ROWS},{STEPS},{TOKENS}],\"data\":{output:?}}}}}",
        quoted.join(","),
        ids()
    )
}

#[derive(Module, Debug)]
struct LstmModel<B: Backend> {
    embedding: Embedding<B>,
    layers: Vec<Lstm<B>>,
    output: Linear<B>,
}

#[derive(Module, Debug)]
struct GruModel<B: Backend> {
    embedding: Embedding<B>,
    layers: Vec<Gru<B>>,
    output: Linear<B>,
}

fn normal() -> Initializer {
    Initializer::Normal { mean: 0.0, std: 0.6 }
}

fn answer<const D: usize>(y: Tensor<Cpu, D>) -> Vec<f32> {
    y.into_data().to_vec().unwrap()
}

/// Saves a model of burn as a record and as safetensors, in its own layout and in PyTorch's.
fn save<M: Module<Cpu> + ModuleSnapshot<Cpu>>(folder: &str, name: &str, model: &M) -> Vec<String> {
    let stem = format!("burn_{name}");
    let own = format!("{stem}_own.safetensors");
    let torch = format!("{stem}_torch.safetensors");
    let recorder = NamedMpkFileRecorder::<FullPrecisionSettings>::new();
    model.clone().save_file(format!("{folder}/{stem}"), &recorder).unwrap();
    let mut store = SafetensorsStore::from_file(format!("{folder}/{own}"));
    model.save_into(&mut store).unwrap();
    let mut store = SafetensorsStore::from_file(format!("{folder}/{torch}")).with_to_adapter(BurnToPyTorchAdapter);
    model.save_into(&mut store).unwrap();
    vec![format!("{stem}.mpk"), own, torch]
}

fn burn_models(folder: &str, cases: &mut Vec<String>) {
    let device = Default::default();
    let x = Tensor::<Cpu, 2, Int>::from_data(TensorData::new(ids(), [ROWS, STEPS]), &device);
    let embedding = || EmbeddingConfig::new(TOKENS, INPUTS).with_initializer(normal()).init::<Cpu>(&device);
    let output = || LinearConfig::new(UNITS, TOKENS).with_initializer(normal()).init::<Cpu>(&device);
    for (layers, bias) in [(1, true), (2, true), (1, false)] {
        let suffix = format!("{layers}{}", if bias { "" } else { "_no_bias" });
        let sizes: Vec<usize> = (0..layers).map(|layer| if layer == 0 { INPUTS } else { UNITS }).collect();
        let cell = |size: &usize| LstmConfig::new(*size, UNITS, bias).with_initializer(normal()).init(&device);
        let model = LstmModel::<Cpu> {
            embedding: embedding(),
            layers: sizes.iter().map(cell).collect(),
            output: output(),
        };
        let mut y = model.embedding.forward(x.clone());
        for layer in &model.layers {
            y = layer.forward(y, None).0;
        }
        let name = format!("lstm_{suffix}");
        let files = save(folder, &name, &model);
        let golden = layers == 1 && bias;
        cases.push(case(&format!("burn {name}"), &files, golden, "", &answer(model.output.forward(y))));
        for after in [true, false] {
            let reset = if after { "after" } else { "before" };
            let cell = |size: &usize| {
                GruConfig::new(*size, UNITS, bias).with_reset_after(after).with_initializer(normal()).init(&device)
            };
            let model = GruModel::<Cpu> {
                embedding: embedding(),
                layers: sizes.iter().map(cell).collect(),
                output: output(),
            };
            let mut y = model.embedding.forward(x.clone());
            for layer in &model.layers {
                y = layer.forward(y, None);
            }
            let name = format!("gru_{reset}_{suffix}");
            let files = save(folder, &name, &model);
            let told = format!("\"reset\":\"{reset}\",");
            let golden = layers == 2 && !after;
            cases.push(case(&format!("burn {name}"), &files, golden, &told, &answer(model.output.forward(y))));
        }
    }
    // Numbers of 16 bits: the model that was read again answers.
    let model = LstmModel::<Cpu> {
        embedding: embedding(),
        layers: vec![LstmConfig::new(INPUTS, UNITS, true).with_initializer(normal()).init(&device)],
        output: output(),
    };
    let recorder = NamedMpkFileRecorder::<HalfPrecisionSettings>::new();
    let path = format!("{folder}/burn_half");
    model.clone().save_file(&path, &recorder).unwrap();
    let model = model.load_file(&path, &recorder, &device).unwrap();
    let y = model.layers[0].forward(model.embedding.forward(x), None).0;
    cases.push(case("burn half", &["burn_half.mpk".into()], false, "", &answer(model.output.forward(y))));
}

fn candle_models(folder: &str, cases: &mut Vec<String>) -> candle_core::Result<()> {
    let device = candle_core::Device::Cpu;
    let x = candle_core::Tensor::from_vec(ids(), (ROWS, STEPS), &device)?;
    for (kind, layers, bias) in [("lstm", 1, true), ("lstm", 2, true), ("lstm", 1, false), ("gru", 1, true), ("gru", 1, false)] {
        let variables = VarMap::new();
        let vb = VarBuilder::from_varmap(&variables, candle_core::DType::F32, &device);
        let embedding = candle_nn::embedding(TOKENS, INPUTS, vb.pp("embedding"))?;
        let output = candle_nn::linear(UNITS, TOKENS, vb.pp("output"))?;
        let mut rnns: Vec<Box<dyn Fn(&candle_core::Tensor) -> candle_core::Result<candle_core::Tensor>>> = vec![];
        for layer in 0..layers {
            let size = if layer == 0 { INPUTS } else { UNITS };
            if kind == "gru" {
                let config = if bias { GRUConfig::default() } else { GRUConfig::default_no_bias() };
                let rnn = gru(size, UNITS, config, vb.pp("rnn"))?;
                rnns.push(Box::new(move |x| {
                    let states: Vec<_> = rnn.seq(x)?.iter().map(|state| state.h().clone()).collect();
                    candle_core::Tensor::stack(&states, 1)
                }));
            } else {
                let mut config = if bias { LSTMConfig::default() } else { LSTMConfig::default_no_bias() };
                config.layer_idx = layer;
                let rnn = lstm(size, UNITS, config, vb.pp("rnn"))?;
                rnns.push(Box::new(move |x| rnn.states_to_tensor(&rnn.seq(x)?)));
            }
        }
        for variable in variables.all_vars() {
            variable.set(&candle_core::Tensor::randn(0f32, 0.6, variable.shape(), &device)?)?;
        }
        let mut y = embedding.forward(&x)?;
        for rnn in &rnns {
            y = rnn(&y)?;
        }
        let y = output.forward(&y)?.flatten_all()?.to_vec1::<f32>()?;
        let name = format!("{kind}_{layers}{}", if bias { "" } else { "_no_bias" });
        let file = format!("candle_{name}.safetensors");
        variables.save(format!("{folder}/{file}"))?;
        cases.push(case(&format!("candle {name}"), &[file], bias && layers == 1, "\"from\":\"candle\",", &y));
    }
    Ok(())
}

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let mut cases = vec![];
    burn_models(&folder, &mut cases);
    candle_models(&folder, &mut cases).unwrap();
    std::fs::write(format!("{folder}/rust.json"), format!("[{}]", cases.join(","))).unwrap();
}
