"""The bodies that our providers send, against the request types of the official packages.

The packages describe requests as typed dictionaries, which allow unknown keys and lists that are
looked at lazily. They are rebuilt here with neither, so that every nested block is checked.
"""

import collections.abc
import copy
import json
import pathlib
import sys
import types
import typing

import pydantic
import typing_extensions
from anthropic.types import message_create_params as anthropic_params
from anthropic.types import RedactedThinkingBlockParam, ThinkingBlockParam
from mistralai.client import models as mistral_models
from openai.types.chat import ChatCompletionAssistantMessageParam
from openai.types.chat import completion_create_params as openai_params
from openai.lib._pydantic import _ensure_strict_json_schema
from shared import Checks, same

STRICT = pydantic.ConfigDict(extra="forbid", strict=True)


def is_reply(kind):
    """Whether this is a class of the package, or a union of such, that replies are made of."""
    if typing_extensions.get_origin(kind) is typing_extensions.Annotated:
        return is_reply(typing_extensions.get_args(kind)[0])
    if typing_extensions.get_origin(kind) in (typing.Union, types.UnionType):
        return all(is_reply(member) for member in typing_extensions.get_args(kind))
    return isinstance(kind, type) and issubclass(kind, pydantic.BaseModel)


class Strict:
    """Rebuilds types: no unknown keys, and lists in the place of iterables."""

    def __init__(self, more):
        self.more = more
        self.known = {}

    def of(self, kind):
        if typing_extensions.is_typeddict(kind):
            return self.typed_dict(kind)
        origin, inner = typing_extensions.get_origin(kind), typing_extensions.get_args(kind)
        if isinstance(kind, typing_extensions.TypeAliasType):
            return self.of(kind.__value__)
        if origin in (typing_extensions.Literal, None):
            return kind
        if origin in (typing.Union, types.UnionType):
            # The packages take blocks of their own replies too, which allow any key.
            members = [self.of(member) for member in inner if not is_reply(member)]
            return typing.Union[tuple(members)]
        if origin in (typing_extensions.Required, typing_extensions.NotRequired):
            return origin[self.of(inner[0])]
        if origin is typing_extensions.Annotated:
            return self.of(inner[0])
        if origin is dict or origin is collections.abc.Mapping:
            return dict[inner[0], self.of(inner[1])]
        # `Iterable`, `Sequence`, `list`, and the protocol that excludes `str`.
        if len(inner) == 1:
            return list[self.of(inner[0])]
        raise TypeError(f"a kind of type that is not known here: {kind}")

    def typed_dict(self, kind):
        if kind not in self.known:
            # A type within itself is found under its name, when it is used.
            self.known[kind] = typing.Any
            hints = typing_extensions.get_type_hints(kind, include_extras=True)
            fields = {}
            for name, hint in {**hints, **self.more.get(kind, {})}.items():
                bare = hint
                # The marks are strings when a class is made, so its own sets do not know them.
                needed = name in kind.__required_keys__
                while typing_extensions.get_origin(bare) in (
                    typing_extensions.Required, typing_extensions.NotRequired,
                ):
                    needed = typing_extensions.get_origin(bare) is typing_extensions.Required
                    bare = typing_extensions.get_args(bare)[0]
                wrap = typing_extensions.Required if needed else typing_extensions.NotRequired
                fields[name] = wrap[self.of(bare)]
            rebuilt = typing_extensions.TypedDict(kind.__name__, fields)
            rebuilt.__pydantic_config__ = STRICT
            self.known[kind] = rebuilt
        return self.known[kind]

    def adapter(self, kind):
        return pydantic.TypeAdapter(self.of(kind))


def strict(kind, more=None):
    adapter = Strict(more or {}).adapter(kind)
    return lambda text: adapter.validate_json(text)


def mistral(text):
    """These types drop what they do not know, so what they give back must be all."""
    body = json.loads(text)
    parsed = mistral_models.ChatCompletionStreamRequest.model_validate(body)
    kept = parsed.model_dump(mode="json", by_alias=True, exclude_unset=True)
    same("the body in the words of the package", kept, body)


LITELLM_THINKING = {
    ChatCompletionAssistantMessageParam: {
        "thinking_blocks": list[typing.Union[ThinkingBlockParam, RedactedThinkingBlockParam]],
    },
}

VALIDATE = {
    "anthropic": strict(anthropic_params.MessageCreateParamsStreaming),
    "openai": strict(openai_params.CompletionCreateParamsStreaming),
    "mistral": mistral,
    # OpenAI's types, and Anthropic's blocks of thoughts in a field of the proxy's own.
    "litellm": strict(openai_params.CompletionCreateParamsStreaming, LITELLM_THINKING),
}

# Where a tool asks to be strict; the packages know the field.
STRICT_TOOL = {
    "anthropic": lambda body: body["tools"][0].update(strict=True),
    "openai": lambda body: body["tools"][0]["function"].update(strict=True),
    "mistral": lambda body: body["tools"][0]["function"].update(strict=True),
    "litellm": lambda body: body["tools"][0]["function"].update(strict=True),
}

# Each must be refused, or the checks above say nothing.
BROKEN = {
    "anthropic": [
        lambda body: body.update(max_completion_tokens=1),
        lambda body: body["messages"][1]["content"][0].update(origin="anthropic"),
        lambda body: body["messages"][1]["content"][-1].update(input="{}"),
        lambda body: body["messages"][2]["content"][0].pop("tool_use_id"),
        lambda body: body["tools"][0].pop("input_schema"),
        lambda body: body["tools"][0].update(strict="true"),
        lambda body: body["tools"][0].update(parameters={}),
    ],
    "openai": [
        lambda body: body.update(thinking={}),
        lambda body: body["messages"][2].update(thinking_blocks=[]),
        lambda body: body["messages"][2]["tool_calls"][0]["function"].update(arguments={}),
        lambda body: body["messages"][3].pop("tool_call_id"),
        lambda body: body["stream_options"].update(usage=True),
        lambda body: body["tools"][0]["function"].update(strict="true"),
        lambda body: body["tools"][0].update(strict=True),
    ],
    "mistral": [
        lambda body: body.update(stream_options={"include_usage": True}),
        lambda body: body["messages"][2].update(thinking_blocks=[]),
        lambda body: body["messages"][2]["tool_calls"][0].pop("function"),
        lambda body: body["messages"][2]["content"][0].update(text="twice"),
        lambda body: body["tools"][0]["function"].update(strict={}),
        lambda body: body["tools"][0].update(strict=True),
    ],
    "litellm": [
        lambda body: body["messages"][2]["thinking_blocks"][0].pop("signature"),
        lambda body: body["messages"][2]["thinking_blocks"][1].update(text=""),
        lambda body: body.update(thinking_blocks=[]),
    ],
}


def strict_schemas(body):
    """The schemas of the tools that ask to be strict, in either vendor's form."""
    functions = [tool.get("function", tool) for tool in body.get("tools", [])]
    strict = [function for function in functions if function.get("strict")]
    return [function.get("parameters", function.get("input_schema")) for function in strict]


def strict_to_openai(schema):
    """The package closes objects, requires all properties, and resolves what stands beside `$ref`;
    a schema that is strict already is none the worse for it."""
    kept = copy.deepcopy(schema)
    same("the schema, made strict by the package", _ensure_strict_json_schema(kept, path=(), root=kept), schema)


LOOSE = [
    {"type": "object", "properties": {}},
    {"type": "object", "properties": {"a": {"type": "string"}}, "required": [], "additionalProperties": False},
    {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/A", "description": "d"}},
        "required": ["a"],
        "additionalProperties": False,
        "$defs": {"A": {"type": "string"}},
    },
]

# What the tools of `tickets.rs` have somewhere; a body without them would be checked in vain.
KINDS = ['"enum"', '"array"', '"object"', '"null"', '"integer"', '"write_result"', '"look_up"']


def check_tools(checks, name, dir):
    files = sorted((pathlib.Path(dir) / "typed").glob(f"{name}-*.json"))
    schemas = [schema for file in files for schema in strict_schemas(json.loads(file.read_text()))]
    with checks.check(f"{name}: {len(files)} bodies have tools of every kind, {len(schemas)} times strict"):
        assert len(files) == 2, f"{len(files)} bodies"
        for file in files:
            tools = json.dumps(json.loads(file.read_text())["tools"])
            missing = [kind for kind in KINDS if kind not in tools]
            assert not missing, f"{file.name} lacks {missing}"
    if name == "openai":
        with checks.check(f"{name}: the package leaves {len(schemas)} strict schemas alone, and no loose one"):
            for schema in schemas:
                strict_to_openai(schema)
            for schema in LOOSE:
                refuses(lambda text: strict_to_openai(json.loads(text)), schema, lambda _: None)


def refuses(validate, body, breaks):
    breaks(body)
    try:
        validate(json.dumps(body))
    except (pydantic.ValidationError, AssertionError):
        return
    raise AssertionError("a broken body was accepted")


def main(dir):
    checks = Checks("bodies")
    for name, validate in VALIDATE.items():
        files = sorted(pathlib.Path(dir).rglob(f"{name}-*.json"))
        with checks.check(f"{name}: there are bodies"):
            assert len(files) >= 10, f"{len(files)} bodies in {dir}"
        problems = []
        for file in files:
            try:
                validate(file.read_text())
            except (pydantic.ValidationError, AssertionError) as error:
                problems.append(f"{file.relative_to(dir)}: {error}")
        with checks.check(f"{name}: {len(files)} bodies fit the types of the package"):
            assert not problems, f"{len(problems)} do not: " + " | ".join(problems)
        check_tools(checks, name, dir)
        with checks.check(f"{name}: a tool may ask to be strict"):
            body = json.loads((pathlib.Path(dir) / f"{name}-1.json").read_text())
            STRICT_TOOL[name](body)
            validate(json.dumps(body))
        with checks.check(f"{name}: {len(BROKEN[name])} broken bodies are found"):
            for breaks in BROKEN[name]:
                refuses(validate, json.loads((pathlib.Path(dir) / f"{name}-1.json").read_text()), breaks)
    return checks.exit_code()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
