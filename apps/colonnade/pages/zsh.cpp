#include "pages/pages.hpp"

namespace colonnade {
namespace {

/// For a description between [ ] or a message between colons, inside of single quotes.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// What _arguments does to complete a value.
std::string action(const ValueDescription& value) {
  std::string out;
  if (!value.choices.empty()) {
    if (!value.after_equals) return "(" + join(value.choices, " ") + ")";
    out = "compadd " + join(value.choices, " ");
  } else if (!value.extensions.empty()) {
    const std::string list = join(value.extensions, "|");
    out = "_files -g \"*." + (value.extensions.size() > 1 ? "(" + list + ")" : list) + "\"";
  } else if (value.folders) {
    out = "_files -/";
  } else {
    return " ";
  }
  return value.after_equals ? "{compset -P \"*=\" && " + out + "}" : out;
}

std::string value_spec(const OptionDescription& option) {
  const std::string body = escaped(option.value.name) + ":" + action(option.value);
  using Takes = OptionDescription::Takes;
  if (option.takes == Takes::one) return ":" + body;
  if (option.takes == Takes::maybe_one) return "::" + body;
  if (option.takes == Takes::many) return ":*-*:" + body;  // All words up to the next option.
  return "";
}

std::string option_spec(const OptionDescription& option) {
  using Takes = OptionDescription::Takes;
  const std::string text = "[" + escaped(option.help) + "]" + value_spec(option);
  const std::string repeats = option.takes == Takes::many ? "*" : "";
  if (option.names.size() == 1) {
    const char* equals = option.takes == Takes::maybe_one ? "=-" : "";
    return "'" + repeats + option.names.front() + equals + text + "'";
  }
  const std::string excluded = repeats.empty() ? "(" + join(option.names, " ") + ")" : repeats;
  return "'" + excluded + "'{" + join(option.names, ",") + "}'" + text + "'";
}

std::string argument_spec(const OptionDescription& argument, std::size_t position) {
  const bool many = argument.takes == OptionDescription::Takes::many;
  return "'" + (many ? std::string("*") : std::to_string(position)) + ":" +
         escaped(argument.names.front()) + ":" + action(argument.value) + "'";
}

std::string function_name(const CommandDescription& command) {
  return "_" + join(command.path, "_");
}

std::string functions(const CommandDescription& command) {
  const std::string next = " \\\n    ";
  std::string out = function_name(command) + "() {\n";
  if (!command.commands.empty()) out += "  local curcontext=$curcontext state line\n";
  out += "  _arguments -C";
  for (const OptionDescription& option : command.options) out += next + option_spec(option);
  for (std::size_t i = 0; i < command.arguments.size(); ++i) {
    out += next + argument_spec(command.arguments[i], i + 1);
  }
  if (command.commands.empty()) return out + "\n}\n\n";

  std::string list, cases;
  for (const CommandDescription& verb : command.commands) {
    list += (list.empty() ? "" : " ") + verb.path.back() + "\\:\"" + escaped(verb.summary) + "\"";
    cases += "    " + verb.path.back() + ") " + function_name(verb) + " ;;\n";
  }
  out += next + "'1:verb:((" + list + "))'" + next + "'*:: :->arguments' && return\n";
  out += "  [[ $state == arguments ]] || return\n  case $words[1] in\n" + cases + "  esac\n}\n\n";
  for (const CommandDescription& verb : command.commands) out += functions(verb);
  return out;
}

}  // namespace

std::string zsh_completion(const CommandDescription& root) {
  return "#compdef colonnade\n"
         "# zsh completion of the command colonnade, as `colonnade completion zsh` prints it.\n\n" +
         functions(root) +
         "# Loaded as a function of $fpath, this file is the function; sourced, it registers one.\n"
         "if [[ $funcstack[1] == _colonnade ]]; then\n"
         "  _colonnade \"$@\"\n"
         "else\n"
         "  compdef _colonnade colonnade\n"
         "fi\n";
}

}  // namespace colonnade
