"""A Bot API server that knows no token: prints its address, then answers 401 until it is killed."""

import asyncio

from aiohttp import web


async def refuse(_: web.Request) -> web.Response:
    return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)


async def main() -> None:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", refuse)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)  # noqa: T201
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
