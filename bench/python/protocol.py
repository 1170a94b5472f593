"""What the Python contestants share: a line of JSON in, a line of JSON out, and a model of the asked shape.

The requests are those of ../core/protocol.ts. They need Python 3.10 or later and
    pip install torch transformers trl
and are started by `npm run bench -- --python VENV/bin/python`.
"""

import json
import os
import sys
import time

import torch
import transformers
from transformers import Qwen3Config, Qwen3ForCausalLM

THREADS = 2
SEED = 20260
torch.set_num_threads(THREADS)
# Moments of AdamW begin tiny, and a processor is a hundred times slower at denormal numbers.
torch.set_flush_denormal(True)
torch.manual_seed(SEED)
transformers.logging.set_verbosity_error()

# Libraries print; answers go out by a channel of their own.
_answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def requests():
    for line in sys.stdin:
        yield json.loads(line)


def answer(value):
    _answers.write(json.dumps({"value": value}) + "\n")


def refuse(error):
    _answers.write(json.dumps({"error": f"{type(error).__name__}: {error}"}) + "\n")


def device():
    return f"CPU, {THREADS} threads, torch {torch.__version__}, transformers {transformers.__version__}"


def build_model(config, attention="sdpa"):
    """A Qwen3 of the workload's shape with random weights; the speed does not depend on which."""
    raw = {key: value for key, value in config.items() if key not in ("model_type", "rope_theta")}
    rope = {"rope_type": "default", "rope_theta": config["rope_theta"]}
    return Qwen3ForCausalLM(Qwen3Config(**raw, rope_parameters=rope, attn_implementation=attention)).float()


def parameters(model):
    return sum(weight.numel() for weight in model.parameters())


def timed(work):
    """Runs `work`, which returns tokens and perhaps a loss, and answers with the milliseconds it took."""
    started = time.perf_counter()
    result = work()
    answer({**result, "ms": (time.perf_counter() - started) * 1000, "dispatches": 0})
