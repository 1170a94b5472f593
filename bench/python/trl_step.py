"""One step of TRL's GRPOTrainer at a time: groups of completions of random prompts, one turn, no KL penalty."""

import tempfile
import time

import torch
import trl
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

from protocol import THREADS, answer, build_model, device, parameters, refuse, requests


def tokenizer_of(size):
    """Words are numbers, so that a prompt of eight words is eight tokens."""
    words = {"<pad>": 0, "<end>": 1, "<unk>": 2, **{f"w{i}": i for i in range(3, size)}}
    plain = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=plain, pad_token="<pad>", eos_token="<end>", unk_token="<unk>", padding_side="left"
    )


class StepByStep(TrainerCallback):
    """Holds training until a step is asked for, and answers when it is made."""

    def __init__(self, incoming):
        self.incoming = incoming
        self.tokens = 0

    def on_step_begin(self, *_, **__):
        for request in self.incoming:
            if request["kind"] == "step":
                self.started = time.perf_counter()
                return
            refuse(ValueError(f"{request['kind']} in the middle of training"))
        raise SystemExit  # Nobody asks any more.

    def on_step_end(self, *_, **__):
        milliseconds = (time.perf_counter() - self.started) * 1000
        answer({"tokens": self.tokens, "ms": milliseconds, "dispatches": 0})


def run(workload, incoming):
    config, size, group = workload["config"], workload["sample"], workload["groupSize"]
    model = build_model(config)
    tokenizer = tokenizer_of(config["vocab_size"])
    ids = torch.randint(3, config["vocab_size"], (size["batch"] // group * 64, size["prompt"]))
    prompts = [" ".join(f"w{i}" for i in row) for row in ids.tolist()]
    steps = StepByStep(incoming)

    def reward(completion_ids, **_):
        steps.tokens = sum(len(row) for row in completion_ids)
        return [sum(i % 2 == 0 for i in row) / len(row) for row in completion_ids]

    with tempfile.TemporaryDirectory() as folder:
        trainer = GRPOTrainer(
            model=model,
            reward_funcs=reward,
            processing_class=tokenizer,
            train_dataset=Dataset.from_dict({"prompt": prompts}),
            callbacks=[steps],
            args=GRPOConfig(
                output_dir=folder,
                per_device_train_batch_size=size["batch"],
                num_generations=group,
                max_completion_length=size["newTokens"],
                beta=0.0,
                learning_rate=1e-3,
                temperature=1.0,
                max_steps=100_000,
                use_cpu=True,
                bf16=False,
                gradient_checkpointing=False,
                logging_strategy="no",
                save_strategy="no",
                report_to=[],
                disable_tqdm=True,
            ),
        )
        answer({"parameters": parameters(model), "note": "all weights learn"})
        trainer.train()


def main():
    incoming = requests()
    for request in incoming:
        try:
            if request["kind"] == "open":
                answer(f"{device()}, trl {trl.__version__}")
            elif request["kind"] == "prepare":
                torch.set_num_threads(THREADS)
                run(request["workload"], incoming)
            else:
                raise ValueError(f"{request['kind']} before anything was prepared")
        except Exception as error:  # Whatever goes wrong belongs into the result, not into a broken pipe.
            refuse(error)


if __name__ == "__main__":
    main()
