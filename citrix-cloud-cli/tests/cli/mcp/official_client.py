"""The official Python SDK of the Model Context Protocol against `citrix-cloud mcp --demo`.

    python official_client.py target/debug/citrix-cloud

It lists tools, reads machines, plans a reboot and confirms it, and looks at what the sandbox says then.
"""

import asyncio
import json
import pathlib
import sys
import tempfile
from contextlib import asynccontextmanager

from mcp import ClientSession, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client

WRITING = {
    "power_machines",
    "maintenance_mode",
    "log_off_sessions",
    "send_message",
    "disconnect_sessions",
    "hide_sessions",
    "confirm_plan",
}


@asynccontextmanager
async def server(program, audit, *options):
    arguments = ["mcp", "--demo", "--audit", str(audit), *options]
    parameters = StdioServerParameters(command=program, args=arguments)
    async with stdio_client(parameters) as (reading, writing):
        async with ClientSession(reading, writing) as session:
            await session.initialize()
            yield session


async def ok(session, tool, **arguments):
    result = await session.call_tool(tool, arguments)
    assert not result.is_error, result.content[0].text
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


async def refused(session, tool, **arguments):
    result = await session.call_tool(tool, arguments)
    assert result.is_error, result.structured_content
    return result.content[0].text


async def machine(session, name):
    return await ok(session, "get_machine", machine=name)


async def reads_only(program, audit):
    async with server(program, audit) as session:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        assert not WRITING & tools.keys(), tools.keys()
        assert all(tool.annotations.read_only_hint for tool in tools.values())
        for tool in WRITING:
            try:
                await session.call_tool(tool, {})
            except MCPError as error:
                assert "there is no tool" in str(error)
            else:
                raise AssertionError(f"{tool} can be called")
        create = {"operation": "daas tags create", "body": {"Name": "Blue"}}
        assert "--allow-writes" in await refused(session, "call_operation", **create)
        machines = await ok(session, "list_machines", catalog=["Demo Catalog"])
        assert machines["total"] == 3, machines
        assert "did you mean name?" in await refused(session, "list_machines", nmae=["x"])
    print(f"{len(tools)} tools, and no way to write")


async def reboots(program, audit):
    async with server(program, audit, "--allow-writes") as session:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        assert WRITING <= tools.keys(), tools.keys()
        confirm = tools["confirm_plan"].annotations
        assert confirm.destructive_hint and not confirm.read_only_hint
        idle = {"action": "reboot", "catalog": ["Demo Catalog"], "power": ["On"]}
        plan = await ok(session, "power_machines", **idle)
        names = [it["name"] for it in plan["would_change"]["objects"]]
        assert names == ["DEMOLAB\\KESTREL"], plan
        users = {it["User.SamName"] for it in plan["logged_on"]}
        assert users == {"DEMOLAB\\robin", "DEMOLAB\\jay"}, plan
        before, other = await machine(session, "KESTREL"), await machine(session, "OSPREY")

        done = await ok(session, "confirm_plan", plan_id=plan["plan_id"])
        assert done["counts"] == {"rebooted": 1}, done
        after = await machine(session, "KESTREL")
        assert changed(before, after), (before, after)
        assert not changed(other, await machine(session, "OSPREY")), "it is in use"
        again = await refused(session, "confirm_plan", plan_id=plan["plan_id"])
        assert "a plan is carried out only once" in again
        print(f"{len(tools)} tools; {names[0]} was rebooted: {changed(before, after)}")
    lines = [json.loads(line) for line in audit.read_text().splitlines()]
    told = [(it["tool"], it["status"]) for it in lines if it.get("plan_id") == plan["plan_id"]]
    steps = ["planned", "started", "ended"]
    assert [status for tool, status in told if tool == "power_machines"] == steps, told


def changed(before, after):
    """What a machine says differently now."""
    names = sorted(before.keys() | after.keys())
    return {it: (before.get(it), after.get(it)) for it in names if before.get(it) != after.get(it)}


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        audit = pathlib.Path(folder) / "audit.jsonl"
        asyncio.run(reads_only(program, audit))
        asyncio.run(reboots(program, audit))


if __name__ == "__main__":
    main()
