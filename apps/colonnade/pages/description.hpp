// The command line as plain data: what --help, the man pages and the completions are written from.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace colonnade {

/// What an option or an argument takes, by its type name on the command line (verbs.hpp).
struct ValueDescription {
  std::string name;                     ///< As the user reads it: "LIST.json", "cpu|reference".
  std::vector<std::string> choices;     ///< Words that are values themselves.
  std::vector<std::string> extensions;  ///< Of files, without the first dot: "json", "pcd.bin".
  bool folders = false;
  bool after_equals = false;  ///< NAME=FILE.npy: choices, files and folders stand after the '='.
};

struct OptionDescription {
  enum class Takes { nothing, maybe_one, one, many };

  std::vector<std::string> names;  ///< "-o", "--output"; of an argument one: "MODEL".
  std::string help;                ///< Plain text on one line.
  std::string default_value;       ///< Empty: none worth a word.
  ValueDescription value;
  Takes takes = Takes::one;  ///< maybe_one: --fov or --fov=DEGREES, with the '='.
  bool required = false;
};

struct CommandDescription {
  std::vector<std::string> path;  ///< "colonnade", "import", "preset".
  std::string summary;            ///< One sentence.
  std::string details;            ///< Paragraphs, an empty line between them; may be empty.
  std::string examples;           ///< Command lines; may be empty.
  std::vector<OptionDescription> arguments, options;
  std::vector<CommandDescription> commands;

  std::string name() const;   ///< "colonnade import preset".
  std::string verbs() const;  ///< "import preset"; of the command itself "".
};

/// Of `app` and all below it; what has no group is hidden and left out.
CommandDescription describe(const CLI::App& app);

/// "colonnade run GRAPH -o DIR [options]": first what must be there.
std::string usage(const CommandDescription& command);

/// "-o, --output DIR", "--fov[=DEGREES]", "CLOUD ...".
std::string spelling(const OptionDescription& option);

/// `words` with `separator` between them.
std::string join(const std::vector<std::string>& words, const std::string& separator);

/// `text` with `to` wherever it had `from`.
std::string replaced(std::string text, const std::string& from, const std::string& to);

}  // namespace colonnade
