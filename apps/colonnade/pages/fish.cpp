#include "pages/pages.hpp"

namespace colonnade {
namespace {

constexpr const char* kHelpers = R"(
# Whether the words so far lead to the verb given, and to none below it.
function __colonnade_at
    set -l path
    for word in (commandline -opc)[2..]
        contains -- (string join ' ' -- $path $word) $__colonnade_verbs
        and set path $path $word
    end
    test "$path" = "$argv"
end

# Folders, and files of the extensions given, for the current word or for what follows its '='.
function __colonnade_files
    set -l word (commandline -ct)
    set -l prefix (string match -r -- '^[^=]*=' $word)
    set -l part (string replace -r -- '^[^=]*=' '' $word)
    set -l extensions (string join '|' -- (string escape --style=regex -- $argv))
    for path in (complete -C "'' $part" | string replace -r '\t.*' '')
        string match -qr -- "(/|\.($extensions))\$" $path
        and echo "$prefix$path"
    end
end

complete -c colonnade -f
)";

std::string quoted(const std::string& text) {
  return "'" + replaced(replaced(text, "\\", "\\\\"), "'", "\\'") + "'";
}

std::string line(const CommandDescription& command) {
  const std::string verb = command.verbs();
  return "complete -c colonnade -n '__colonnade_at" + (verb.empty() ? "" : " " + verb) + "'";
}

/// The words that may stand for a value; empty for free text.
std::string words(const ValueDescription& value) {
  if (!value.choices.empty()) return join(value.choices, " ");
  if (value.extensions.empty() && !value.folders) return "";
  return "(__colonnade_files " + join(value.extensions, " ") + ")";
}

std::string complete_with(const ValueDescription& value) {
  const std::string list = words(value);
  return list.empty() ? "" : " -a " + quoted(list);
}

void add(const CommandDescription& command, std::vector<std::string>& verbs, std::string& lines) {
  for (const CommandDescription& verb : command.commands) {
    verbs.push_back(quoted(verb.verbs()));
    lines += line(command) + " -a " + verb.path.back() + " -d " + quoted(verb.summary) + "\n";
  }
  for (const OptionDescription& option : command.options) {
    lines += line(command);
    for (const std::string& name : option.names) {
      const bool is_long = name.size() > 2 && name[1] == '-';
      lines += is_long ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    using Takes = OptionDescription::Takes;
    // -x: a value follows, and no other file stands for it.
    if (option.takes == Takes::one || option.takes == Takes::many) {
      lines += " -x" + complete_with(option.value);
    }
    lines += " -d " + quoted(option.help) + "\n";
  }
  for (const OptionDescription& argument : command.arguments) {
    if (words(argument.value).empty()) continue;
    lines += line(command) + complete_with(argument.value) + "\n";
  }
  for (const CommandDescription& verb : command.commands) add(verb, verbs, lines);
}

}  // namespace

std::string fish_completion(const CommandDescription& root) {
  std::vector<std::string> verbs;
  std::string lines;
  add(root, verbs, lines);
  return "# fish completion of the command colonnade, as `colonnade completion fish` prints it.\n"
         "set -g __colonnade_verbs " +
         join(verbs, " ") + "\n" + kHelpers + lines;
}

}  // namespace colonnade
