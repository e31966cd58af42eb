"""print a script that lets a shell complete commands, options and files

Print a script for bash, zsh or tcsh by which the shell completes commands,
options, choices and the names of files and folders.

examples:
  source <(la-mart completion bash)             this shell; in ~/.bashrc, all
  la-mart completion zsh > ~/.zfunc/_la-mart    a folder of $fpath
"""


def add_options(parser) -> None:
    parser.add_argument("shell", choices=["bash", "zsh", "tcsh"], help="which shell")


def run(console, args) -> None:
    import shtab

    from pipeline.cli import parser

    print(shtab.complete(parser(), args.shell))
