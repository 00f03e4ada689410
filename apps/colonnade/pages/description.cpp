#include "pages/description.hpp"

#include <algorithm>
#include <cctype>

namespace colonnade {
namespace {

bool is_choice(const std::string& word) {
  return !word.empty() && std::islower(static_cast<unsigned char>(word.front())) != 0 &&
         std::all_of(word.begin(), word.end(), [](unsigned char c) {
           return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '_';
         });
}

ValueDescription describe_value(const std::string& type) {
  ValueDescription value;
  value.name = type;
  const std::size_t equals = type.find('=');
  value.after_equals = equals != std::string::npos;
  std::size_t at = value.after_equals ? equals + 1 : 0;
  while (at < type.size()) {
    const std::size_t end = std::min(type.find('|', at), type.size());
    const std::string word = type.substr(at, end - at);
    const std::size_t dot = word.find('.');
    if (word == "DIR") {
      value.folders = true;
    } else if (dot != std::string::npos) {
      value.extensions.push_back(word.substr(dot + 1));
    } else if (is_choice(word)) {
      value.choices.push_back(word);
    }
    at = end + 1;
  }
  return value;
}

OptionDescription describe_option(const CLI::Option& option) {
  OptionDescription out;
  if (option.get_positional()) {
    out.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  }
  out.help = option.get_description();
  out.default_value = option.get_default_str();
  // Behind a colon CLI11 adds what its own checks say.
  const std::string type = option.get_type_name();
  out.value = describe_value(type.substr(0, type.find(':')));
  using Takes = OptionDescription::Takes;
  if (option.get_expected_max() == 0) {
    out.takes = type.empty() ? Takes::nothing : Takes::maybe_one;
  } else {
    out.takes = option.get_expected_max() > 1 ? Takes::many : Takes::one;
  }
  out.required = option.get_required();
  return out;
}

std::vector<std::string> path_of(const CLI::App& app) {
  std::vector<std::string> path;
  if (app.get_parent() != nullptr) path = path_of(*app.get_parent());
  path.push_back(app.get_name());
  return path;
}

}  // namespace

CommandDescription describe(const CLI::App& app) {
  CommandDescription out;
  out.path = path_of(app);
  const std::string text = app.get_description();
  const std::size_t end = text.find("\n\n");
  out.summary = text.substr(0, end);
  if (end != std::string::npos) out.details = text.substr(end + 2);
  // CLI11 hands a footer down to the subcommands.
  const bool inherited =
      app.get_parent() != nullptr && app.get_parent()->get_footer() == app.get_footer();
  if (!inherited) out.examples = app.get_footer();
  for (const CLI::Option* option :
       app.get_options([](const CLI::Option* o) { return !o->get_group().empty(); })) {
    (option->get_positional() ? out.arguments : out.options).push_back(describe_option(*option));
  }
  for (const CLI::App* verb :
       app.get_subcommands([](const CLI::App* a) { return !a->get_group().empty(); })) {
    out.commands.push_back(describe(*verb));
  }
  return out;
}

std::string CommandDescription::name() const {
  return join(path, " ");
}

std::string CommandDescription::verbs() const {
  return join({path.begin() + 1, path.end()}, " ");
}

std::string usage(const CommandDescription& command) {
  std::string out = command.name();
  for (const OptionDescription& argument : command.arguments) {
    out += " " + (argument.required ? spelling(argument) : "[" + spelling(argument) + "]");
  }
  for (const OptionDescription& option : command.options) {
    if (option.required) out += " " + option.names.front() + " " + option.value.name;
  }
  if (!command.options.empty()) out += " [options]";
  if (!command.commands.empty()) out += " VERB ...";
  return out;
}

std::string spelling(const OptionDescription& option) {
  using Takes = OptionDescription::Takes;
  std::string out = join(option.names, ", ");
  if (out.front() == '-') {
    if (option.takes == Takes::maybe_one) out += "[=" + option.value.name + "]";
    if (option.takes == Takes::one || option.takes == Takes::many) out += " " + option.value.name;
  }
  return out + (option.takes == Takes::many ? " ..." : "");
}

std::string join(const std::vector<std::string>& words, const std::string& separator) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : separator) + word;
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace colonnade
