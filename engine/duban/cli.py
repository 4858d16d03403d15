"""The command line: `duban VERB`. Verbs are loaded when called; errors become one clear message and an exit code.

Exit codes: 0 clean · 1 findings at or above --fail-on · 2 bad usage, rules or data · 3 a bug of ours.
"""

from __future__ import annotations

import codecs
import gc
import os
import sys
from importlib import import_module

import click

from duban import __version__
from duban.commands.options import cache_option

VERBS = {
    "audit": (
        "duban.commands.audit",
        "审核：由规则包与台账得出待核实清单。 | Judge every duty from records as of a date.",
    ),
    "check": (
        "duban.commands.check",
        "核对：报送前看哪一格要改，报送后给回执。 | Check files before they are handed in; prints a receipt.",
    ),
    "intake": (
        "duban.commands.intake",
        "收件：由收到的文件拟出报送清单，供核对确认。 | Draft the manifest from what was handed in.",
    ),
    "template": (
        "duban.commands.template",
        "模板：写出供填报的空白台账。 | Write empty workbooks to fill in.",
    ),
    "town-pack": (
        "duban.commands.town_pack",
        "镇月报工作簿：一个镇一个月，已知的先填好。 | A town's workbook of a month, filled in as far as known.",
    ),
    "lists": (
        "duban.commands.lists",
        "三清单和报表：由填好的工作簿写出，或核对报来的。 | Write the lists and the form, or check those handed in.",
    ),
    "map": (
        "duban.commands.map",
        "表头对应：为认不出的表拟一份对应文件。 | Draft a mapping file for a form with odd headers.",
    ),
    "interviews": (
        "duban.commands.interviews",
        "拟提请约谈研究名单和文书。 | Propose whom to call in, and draft the papers.",
    ),
    "due": (
        "duban.commands.due",
        "到期提示：各主体还要做什么、何时到期、还差多少。 | What each bearer still has to do, by when, how short.",
    ),
    "plan-week": (
        "duban.commands.plan_week",
        "一周检查建议：去哪几家、为什么。 | Whom to visit in the coming week, and why.",
    ),
    "dossier": (
        "duban.commands.dossier",
        "随车简况：一家企业一页。 | One page about a bearer, for the car.",
    ),
    "verify": (
        "duban.commands.verify",
        "核实：发出核实单，读回核实结果。 | Hand out findings to be verified, and read the results back.",
    ),
    "history": (
        "duban.commands.history",
        "历史：列出记下的各次审核，看一项的来龙去脉。 | The audits of a store, and the life of a finding.",
    ),
    "diff": (
        "duban.commands.diff",
        "比较：两次审核之间的新增、持续、补正，规则变化先说。 | What changed between two audits.",
    ),
    "replay": (
        "duban.commands.replay",
        "重做：按当时的输入再做一次，逐字节核对结果。 | Run an audit again, and compare its files byte by byte.",
    ),
    "measure": (
        "duban.commands.measure",
        "处理决定：登记采取的措施、反馈和复核。 | Write down measures taken, answers and re-checks.",
    ),
    "waiver": (
        "duban.commands.waiver",
        "经批准不计入：核对、登记、列出。 | Check, write down and list waivers.",
    ),
    "report": (
        "duban.commands.report",
        "周报：首页、分镇、走势、清单，按对象分开。 | The weekly report, an edition for each audience.",
    ),
    "explain": (
        "duban.commands.explain",
        "说明一项结论或一个单位的由来。 | Show how a finding came about, or why a bearer is proposed.",
    ),
    "rules": ("duban.commands.rules", "规则包：检查、列出、查看、测试。 | Lint, list, show and test a pack of rules."),
    "cache": ("duban.commands.cache", "缓存：有多少，删掉它。 | What is cached, and how to delete it."),
}


# Signs of ours that GBK lacks, and what it has.
_SIMILAR = {"✓": "√", "✗": "×"}


class Verbs(click.Group):
    """A group whose commands are imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command = getattr(import_module(VERBS[cmd_name][0]), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(version)s")
@cache_option
def duban() -> None:
    """督办：把通知变成数据，看谁还没有做到。 | Turn an official notice into data, and see who has not done what."""


def main() -> None:
    """Entry point: runs a verb, and turns every error into a message and an exit code."""
    gc.set_threshold(50_000, 20, 20)  # modules, packs and plans are many objects that stay
    codecs.register_error("duban", _similar)
    for stream in (sys.stdout, sys.stderr):  # a GBK console must not stop an audit
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="duban")
    try:
        code = duban.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中断，未写入任何结果。", err=True)
        sys.exit(2)
    except BrokenPipeError:  # `duban audit … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        sys.exit(_failed(error))


def _similar(error: UnicodeError) -> tuple[str | bytes, int]:
    """What a console without the character shows in its place."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_SIMILAR.get(char, "?") for char in error.object[error.start : error.end]), error.end


def _failed(error: Exception) -> int:
    from duban.errors import DubanError, EvaluationError

    if isinstance(error, DubanError) and not isinstance(error, EvaluationError):
        click.echo(f"错误：{error}", err=True)
        return 2
    if os.environ.get("DUBAN_DEBUG"):
        raise error
    click.echo(f"程序内部错误（请附上所用规则包与命令报告）：{error}", err=True)
    click.echo("设置环境变量 DUBAN_DEBUG=1 可看到完整信息。", err=True)
    return 3


if __name__ == "__main__":
    main()
