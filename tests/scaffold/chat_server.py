"""A real HTTP server that speaks the chat-completions protocol, answering from a script."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One scripted answer to a request. `drop` closes the connection instead."""

    status: int = 200
    body: str | Body = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    drop: bool = False


@dataclass
class ChatServer:
    """What the server was asked, and what it answers next (the last reply again and again)."""

    url: str
    replies: list[Reply]
    requests: list[Body] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next_reply(self, request: Body, key: str) -> Reply:
        with self.lock:
            self.requests.append(request)
            self.keys.append(key)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def chat(*texts: str | None, usage: Body | None = None, **choice: Any) -> Reply:
    """A well-formed chat completion with one choice a text."""
    choices = [
        {
            "index": index,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": text},
            **choice,
        }
        for index, text in enumerate(texts)
    ]
    body = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": choices}
    return Reply(body=body if usage is None else {**body, "usage": usage})


def failure(
    status: int, message: str = "no", headers: Mapping[str, str] | None = None, **error: Any
) -> Reply:
    body = {"error": {"message": message, **error}}
    return Reply(status=status, body=body, headers=headers or {})


@contextmanager
def serving(replies: Sequence[Reply], models: Sequence[str] = ()) -> Iterator[ChatServer]:
    """Serves until the block ends; `models` is what it says it offers."""
    state = ChatServer(url="", replies=list(replies))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state, models))
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(state: ChatServer, models: Sequence[str]) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = [
                {"id": name, "object": "model", "created": 0, "owned_by": ""} for name in models
            ]
            self.answer(Reply(body={"object": "list", "data": data}))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            reply = state.next_reply(body, self.headers.get("authorization", ""))
            time.sleep(reply.delay_seconds)
            if reply.drop:
                self.close_connection = True
                return
            self.answer(reply)

        def answer(self, reply: Reply) -> None:
            text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            self.send_response(reply.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text.encode())))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):  # the client gave up waiting
                super().handle()

    return Handler
