"""PyTorch, eager: the training step, sampling in a loop over a key-value cache, and Transformers' own generate."""

import sys

import torch
from transformers import DynamicCache

from protocol import answer, build_model, device, parameters, refuse, requests, timed


def train(workload):
    config, size = workload["config"], workload["train"]
    model = build_model(config).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.01)
    rows = torch.randint(config["vocab_size"], (size["batch"], size["length"] + 1))

    def step():
        optimiser.zero_grad(set_to_none=True)
        logits = model(rows[:, :-1], use_cache=False).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
        loss.backward()
        optimiser.step()
        return {"tokens": size["batch"] * size["length"], "loss": loss.item()}

    return model, step


def sample(workload, generate):
    config, size = workload["config"], workload["sample"]
    model = build_model(config).eval()
    prompts = torch.randint(config["vocab_size"], (size["batch"], size["prompt"]))
    new = size["newTokens"]

    def loop():
        cache, ids = DynamicCache(config=model.config), prompts
        for _ in range(new):
            logits = model(ids, past_key_values=cache, use_cache=True, logits_to_keep=1).logits[:, -1]
            ids = torch.multinomial(torch.softmax(logits, -1), 1)

    def library():
        model.generate(
            prompts,
            attention_mask=torch.ones_like(prompts),
            max_new_tokens=new,
            min_new_tokens=new,
            do_sample=True,
            temperature=1.0,
            top_k=0,
            pad_token_id=0,
        )

    @torch.inference_mode()
    def step():
        library() if generate else loop()
        return {"tokens": size["batch"] * new}

    return model, step


def main(generate):
    step = None
    for request in requests():
        try:
            if request["kind"] == "open":
                answer(device())
            elif request["kind"] == "prepare":
                workload = request["workload"]
                model, step = train(workload) if request["task"] == "train" else sample(workload, generate)
                answer({"parameters": parameters(model)})
            elif request["kind"] == "step":
                timed(step)
            else:
                raise ValueError(f"unknown request {request['kind']}")
        except Exception as error:  # Whatever goes wrong belongs into the result, not into a broken pipe.
            refuse(error)


if __name__ == "__main__":
    main(generate=sys.argv[1] == "generate")
