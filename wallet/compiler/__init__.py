"""Solidity to bytecode: finding the compiler, compiling through py-solc-x, caching, shipped artefacts.

    load_artefact("SubWallet")                 a shipped contract, without any compiler
    compile_folder(folder, cache=…)            a user's templates
    find_compiler(), candidates()              which compiler would be used
    diagnose(…)                                what is installed, what is missing, and the fix

Knows nothing of chains or prepaid cards. Importing this package starts nothing and costs no time.
"""

from wallet.compiler.artefacts import Artefact, artefact_names, load_artefact
from wallet.compiler.compile import Compilation, compile_folder, compile_own
from wallet.compiler.doctor import Finding, diagnose
from wallet.compiler.faults import ArtefactMissing, CompileError, CompilerMissing, CompilerRefused, Diagnostic
from wallet.compiler.locate import Compiler, candidates, find_compiler
from wallet.compiler.pin import SETTINGS, SOLC_LONG_VERSION, SOLC_VERSION
from wallet.compiler.templates import template_names, template_source

__all__ = [
    "SETTINGS",
    "SOLC_LONG_VERSION",
    "SOLC_VERSION",
    "Artefact",
    "ArtefactMissing",
    "Compilation",
    "CompileError",
    "Compiler",
    "CompilerMissing",
    "CompilerRefused",
    "Diagnostic",
    "Finding",
    "artefact_names",
    "candidates",
    "compile_folder",
    "compile_own",
    "diagnose",
    "find_compiler",
    "load_artefact",
    "template_names",
    "template_source",
]
