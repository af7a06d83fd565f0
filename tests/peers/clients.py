"""The official clients hold the scripted conversation with the loopback vendor.

Each client asks twice: the first reply has thoughts (where the format has them), text and two tool
calls; the second is made of the tool results. Besides, every event of the raw streams is checked
against the types of the package: the clients themselves build their objects without looking.
"""

import json
import sys
import urllib.request

import anthropic
import openai
import pydantic
from mistralai.client import Mistral, models as mistral_models
from shared import (
    ANSWERING, ASKING, FILES, FINAL, OPENING, OUTCOMES, QUESTION, REDACTED, SCHEMA, SYSTEM,
    THOUGHTS, Checks, Vendor, same,
)

TIMEOUT_S = 30
COMMON = ["", "+byte-by-byte", "+crlf", "+byte-by-byte+crlf"]
MISTRAL = COMMON + [
    "+typed-content", "+object-arguments", "+fragments", "+no-index", "+null-ids",
    "+typed-content+object-arguments+no-index+byte-by-byte",
]
LITELLM = COMMON + ["+unsigned", "+unnumbered", "+whole", "+stop-despite-calls"]

CHAT_TOOL = {
    "type": "function",
    "function": {"name": "read_file", "description": "Reads a file.", "parameters": SCHEMA},
}


def talk_anthropic(url, key, model):
    client = anthropic.Anthropic(base_url=url, api_key=key, max_retries=0, timeout=TIMEOUT_S)
    tool = {"name": "read_file", "description": "Reads a file.", "input_schema": SCHEMA}
    messages = [{"role": "user", "content": QUESTION}]

    def ask():
        text = ""
        with client.messages.stream(
            model=model, max_tokens=1000, system=SYSTEM, tools=[tool], messages=messages
        ) as stream:
            for piece in stream.text_stream:
                text += piece
            final = stream.get_final_message()
        usage = {
            "input": final.usage.input_tokens,
            "output": final.usage.output_tokens,
            "read": final.usage.cache_read_input_tokens,
            "written": final.usage.cache_creation_input_tokens,
        }
        return text, final, usage

    text, final, usage = ask()
    same("text", text, OPENING)
    same("stop reason", final.stop_reason, "tool_use")
    same("usage", usage, ASKING)
    kinds = [block.type for block in final.content]
    same("blocks", kinds, ["thinking", "redacted_thinking", "text", "tool_use", "tool_use"])
    same("thoughts", final.content[0].thinking, THOUGHTS)
    same("redacted", final.content[1].data, REDACTED)
    calls = final.content[3:]
    same("calls", [(c.name, c.input) for c in calls], [("read_file", {"path": f}) for f in FILES])
    results = [
        {"type": "tool_result", "tool_use_id": call.id, "content": outcome, "is_error": failed}
        for call, outcome, failed in zip(calls, OUTCOMES, [False, True])
    ]
    messages += [final.to_param(), {"role": "user", "content": results}]
    text, final, usage = ask()
    same("answer", text, FINAL)
    same("stop reason", final.stop_reason, "end_turn")
    same("usage", usage, ANSWERING)


def chat_usage(usage):
    """What a chat format says of tokens: the cached ones are a part of the prompt."""
    # The types of mistralai keep these details as a plain dictionary.
    details = usage.prompt_tokens_details
    details = details if isinstance(details, dict) else details.model_dump()
    return {
        "prompt": usage.prompt_tokens,
        "output": usage.completion_tokens,
        "total": usage.total_tokens,
        "read": details["cached_tokens"],
    }


def want_usage(tokens):
    prompt = tokens["input"] + tokens["read"] + tokens["written"]
    output = tokens["output"]
    return {"prompt": prompt, "output": output, "total": prompt + output, "read": tokens["read"]}


def collect_with_helper(client, **request):
    """The package's own accumulation."""
    with client.chat.completions.stream(**request) as stream:
        for _event in stream:
            pass
        final = stream.get_final_completion()
    choice = final.choices[0]
    calls = [
        (call.id, call.type, call.function.name, call.function.arguments)
        for call in choice.message.tool_calls or []
    ]
    return "", choice.message.content, calls, choice.finish_reason, chat_usage(final.usage)


def collect_chunks(client, **request):
    """Chunk by chunk: the helper cannot add up lists without an `index`, as `thinking_blocks`."""
    thoughts, text, calls, finish, usage = "", "", {}, None, None
    for chunk in client.chat.completions.create(stream=True, **request):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            finish = choice.finish_reason or finish
            thoughts += getattr(choice.delta, "reasoning_content", None) or ""
            text += choice.delta.content or ""
            for call in choice.delta.tool_calls or []:
                known = calls.setdefault(call.index, [None, None, "", ""])
                known[0] = call.id or known[0]
                known[1] = call.type or known[1]
                known[2] += call.function.name or ""
                known[3] += call.function.arguments or ""
    return thoughts, text, [tuple(call) for call in calls.values()], finish, chat_usage(usage)


def talk_openai(url, key, model, collect=collect_with_helper, want_thoughts=""):
    client = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0, timeout=TIMEOUT_S)
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]

    def ask():
        return collect(
            client, model=model, tools=[CHAT_TOOL], messages=messages,
            stream_options={"include_usage": True},
        )

    thoughts, text, calls, finish, usage = ask()
    same("thoughts", thoughts, want_thoughts)
    same("text", text, OPENING)
    same("stop reason", finish, "stop" if "stop-despite-calls" in model else "tool_calls")
    same("usage", usage, want_usage(ASKING))
    got = [(kind, name, json.loads(arguments)) for _, kind, name, arguments in calls]
    same("calls", got, [("function", "read_file", {"path": file}) for file in FILES])
    message = {"role": "assistant", "content": OPENING, "tool_calls": [
        {"id": id, "type": kind, "function": {"name": name, "arguments": arguments}}
        for id, kind, name, arguments in calls
    ]}
    results = [
        {"role": "tool", "tool_call_id": call[0], "content": outcome}
        for call, outcome in zip(calls, OUTCOMES)
    ]
    messages += [message, *results]
    _, text, _, finish, usage = ask()
    same("answer", text, FINAL)
    same("stop reason", finish, "stop")
    same("usage", usage, want_usage(ANSWERING))


def talk_litellm(url, key, model):
    talk_openai(url, key, model, collect_chunks, THOUGHTS)


def talk_mistral(url, key, model):
    client = Mistral(server_url=url, api_key=key, timeout_ms=TIMEOUT_S * 1000)
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]

    def ask():
        text, thoughts, pieces, finish, usage = "", "", {}, None, None
        with client.chat.stream(model=model, tools=[CHAT_TOOL], messages=messages) as stream:
            for event in stream:
                usage = event.data.usage or usage
                choice = event.data.choices[0]
                finish = choice.finish_reason or finish
                content = choice.delta.content or ""
                if isinstance(content, str):
                    text += content
                else:
                    for chunk in content:
                        if chunk.type == "text":
                            text += chunk.text
                        else:
                            same("chunk", chunk.type, "thinking")
                            thoughts += "".join(part.text for part in chunk.thinking)
                for place, call in enumerate(choice.delta.tool_calls or []):
                    # Without an index, the client's own default is 0 for every call.
                    index = place if "no-index" in model else call.index
                    name, arguments = call.function.name, call.function.arguments
                    if isinstance(arguments, dict):
                        arguments = json.dumps(arguments)
                    known = pieces.setdefault(index, {"id": call.id, "name": "", "arguments": ""})
                    known["name"] += name
                    known["arguments"] += arguments
        return text, thoughts, list(pieces.values()), finish, chat_usage(usage)

    text, thoughts, calls, finish, usage = ask()
    same("text", text, OPENING)
    same("thoughts", thoughts, THOUGHTS)
    same("stop reason", finish, "tool_calls")
    same("usage", usage, want_usage(ASKING))
    got = [(call["name"], json.loads(call["arguments"])) for call in calls]
    same("calls", got, [("read_file", {"path": file}) for file in FILES])
    for place, call in enumerate(calls):
        if "null-ids" in model:
            same("id", call["id"], "null")
            call["id"] = f"invented{place}"
    content = [
        {"type": "thinking", "thinking": [{"type": "text", "text": thoughts}]},
        {"type": "text", "text": text},
    ]
    message = {"role": "assistant", "content": content, "tool_calls": [
        {"id": call["id"], "function": {"name": call["name"], "arguments": call["arguments"]}}
        for call in calls
    ]}
    results = [
        {"role": "tool", "name": "read_file", "tool_call_id": call["id"], "content": outcome}
        for call, outcome in zip(calls, OUTCOMES)
    ]
    messages += [message, *results]
    text, _, _, finish, usage = ask()
    same("answer", text, FINAL)
    same("stop reason", finish, "stop")
    same("usage", usage, want_usage(ANSWERING))


def raw_events(url, headers, body):
    """The data of every event, as they are sent."""
    headers = {"content-type": "application/json", **headers}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=TIMEOUT_S) as answer:
        lines = answer.read().decode().splitlines()
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    return [json.loads(data) for data in data if data != "[DONE]"]


def fits(kind, event, may_have=()):
    """Validates an event, and finds fields that the package does not know."""
    value = pydantic.TypeAdapter(kind).validate_python(event)
    unknown = set(unknown_fields(value)) - set(may_have)
    if unknown:
        raise AssertionError(f"the package does not know {sorted(unknown)}: {event}")


def unknown_fields(value, path=""):
    if isinstance(value, pydantic.BaseModel):
        for name in value.model_extra or {}:
            yield f"{path}{name}"
        for name in type(value).model_fields:
            yield from unknown_fields(getattr(value, name), f"{path}{name}.")
    elif isinstance(value, list):
        for item in value:
            yield from unknown_fields(item, path)


def events_anthropic(url, key, model):
    body = {
        "model": model, "max_tokens": 1000, "stream": True,
        "tools": [{"name": "read_file", "input_schema": SCHEMA}],
        "messages": [{"role": "user", "content": QUESTION}],
    }
    headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}
    for event in raw_events(url + "/v1/messages", headers, body):
        # The types of the package have no `ping`; its reader skips it by its name.
        if event["type"] != "ping":
            fits(anthropic.types.RawMessageStreamEvent, event)


def chat_body(model, **more):
    messages = [{"role": "user", "content": QUESTION}]
    return {"model": model, "stream": True, "tools": [CHAT_TOOL], "messages": messages, **more}


def events_openai(url, key, model):
    body = chat_body(model, stream_options={"include_usage": True})
    headers = {"authorization": f"Bearer {key}"}
    for event in raw_events(url + "/v1/chat/completions", headers, body):
        # Documented with `stream_options.include_obfuscation`, and not a field of the type.
        fits(openai.types.chat.ChatCompletionChunk, event, may_have=["obfuscation"])


def events_mistral(url, key, model):
    headers = {"authorization": f"Bearer {key}"}
    for event in raw_events(url + "/v1/chat/completions", headers, chat_body(model)):
        chunk = mistral_models.CompletionChunk.model_validate(event)
        # Unknown fields are dropped by these types, except of the token counts.
        dumped = chunk.model_dump(mode="json", by_alias=True, exclude_unset=True)
        lost(event, dumped)


def lost(sent, kept, path=""):
    if isinstance(sent, dict):
        for name, value in sent.items():
            if name not in kept:
                raise AssertionError(f"the package does not know `{path}{name}`")
            lost(value, kept[name], f"{path}{name}.")
    elif isinstance(sent, list):
        for sent_item, kept_item in zip(sent, kept, strict=True):
            lost(sent_item, kept_item, path)


def main():
    checks = Checks("clients")
    with Vendor() as vendor:
        for name, talk, variants in [
            ("anthropic", talk_anthropic, COMMON),
            ("openai", talk_openai, COMMON),
            ("mistral", talk_mistral, MISTRAL),
            ("litellm", talk_litellm, LITELLM),
        ]:
            url, key = vendor.at(name)
            for variant in variants:
                client = "openai" if name == "litellm" else name
                with checks.check(f"{client} client, {name} format, scripted{variant}"):
                    talk(url, key, f"scripted{variant}")
        for name, look, variants in [
            ("anthropic", events_anthropic, [""]),
            ("openai", events_openai, [""]),
            ("mistral", events_mistral, [v for v in MISTRAL if "byte" not in v and "+" in v] + [""]),
        ]:
            url, key = vendor.at(name)
            for variant in variants:
                with checks.check(f"{name} event types, scripted{variant}"):
                    look(url, key, f"scripted{variant}")
    with checks.check("no request was refused"):
        same("refusals", vendor.refusals(), [])
    return checks.exit_code()


if __name__ == "__main__":
    sys.exit(main())
