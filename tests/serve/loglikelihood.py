"""The sum of a text behind its first character, by lm-evaluation-harness 0.4.13 at a server: `score`'s, within 1e-4 of its size.

    pip install "lm_eval[api]==0.4.13"
    python tests/serve/loglikelihood.py http://127.0.0.1:8000 NAME "a text"
"""

import sys

from lm_eval.api.instance import Instance
from lm_eval.models.openai_completions import LocalCompletionsAPI

base_url, model, text = sys.argv[1:]
lm = LocalCompletionsAPI(base_url=base_url + "/v1/completions", model=model, tokenizer_backend="remote")
request = Instance(request_type="loglikelihood", doc={}, arguments=(text[0], text[1:]), idx=0)
[(total, greedy)] = lm.loglikelihood([request])
print(total, greedy)
