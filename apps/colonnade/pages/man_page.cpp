#include <cctype>

#include "pages/pages.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

/// Text that the macros don't see: neither backslashes nor a line that begins with a dot or quote.
std::string plain(const std::string& text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    line_begins = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";  // A hyphen that can be searched for and pasted.
    } else {
      out += c;
    }
  }
  return out;
}

std::string bold(const std::string& text) {
  return "\\fB" + plain(text) + "\\fR";
}
std::string italic(const std::string& text) {
  return "\\fI" + plain(text) + "\\fR";
}

std::string paragraphs(const std::string& text) {
  return replaced(plain(text), "\n\n", "\n.PP\n");
}

/// "colonnade detect" is the page colonnade-detect.
std::string page_name(const CommandDescription& command) {
  return join(command.path, "-");
}

/// An option's name and what it takes, as spelling() has it, in the fonts of manual pages.
std::string signature(const OptionDescription& option) {
  using Takes = OptionDescription::Takes;
  if (option.names.front().front() != '-') {
    return italic(option.names.front()) + (option.takes == Takes::many ? " ..." : "");
  }
  std::string out;
  for (const std::string& name : option.names) out += (out.empty() ? "" : ", ") + bold(name);
  const std::string value = italic(option.value.name);
  if (option.takes == Takes::maybe_one) out += "[=" + value + "]";
  if (option.takes == Takes::one || option.takes == Takes::many) out += " " + value;
  return out + (option.takes == Takes::many ? " ..." : "");
}

std::string synopsis(const CommandDescription& command) {
  std::string out = bold(command.name());
  for (const OptionDescription& argument : command.arguments) {
    out += argument.required ? " " + signature(argument) : " [" + signature(argument) + "]";
  }
  for (const OptionDescription& option : command.options) {
    if (option.required) out += " " + bold(option.names.front()) + " " + italic(option.value.name);
  }
  return out + (command.options.empty() ? "" : " [" + italic("options") + "]") + "\n";
}

std::string synopses(const CommandDescription& command) {
  if (command.path.size() == 1) {
    return bold(command.name()) + " " + italic("verb") + " [" + italic("arguments") + "]\n";
  }
  if (command.commands.empty()) return synopsis(command);
  std::string out;
  for (const CommandDescription& verb : command.commands) {
    out += (out.empty() ? "" : ".br\n") + synopsis(verb);
  }
  return out;
}

std::string definitions(const std::vector<OptionDescription>& options) {
  std::string out;
  for (const OptionDescription& option : options) {
    out += ".TP\n" + signature(option) + "\n" + plain(option.help) + ".\n";
    if (!option.default_value.empty()) out += "Default: " + plain(option.default_value) + ".\n";
  }
  return out;
}

std::string section(const std::string& title, const std::string& text) {
  return text.empty() ? text : ".SH " + title + "\n" + text;
}

std::string verb_list(const CommandDescription& root) {
  std::string out;
  for (const CommandDescription& verb : root.commands) {
    out += ".TP\n.BR " + plain(page_name(verb)) + " (1)\n" + plain(verb.summary) + "\n";
  }
  return out;
}

/// A verb's own verbs, each with its arguments and options.
std::string subsections(const CommandDescription& command) {
  std::string out;
  for (const CommandDescription& verb : command.commands) {
    out += ".SS " + plain(verb.name()) + "\n" + plain(verb.summary) + "\n";
    if (!verb.details.empty()) out += ".PP\n" + paragraphs(verb.details) + "\n";
    out += definitions(verb.arguments) + definitions(verb.options);
  }
  return out;
}

std::string examples(const CommandDescription& command) {
  std::string text = command.examples;
  for (const CommandDescription& verb : command.commands) {
    if (command.path.size() > 1 && !verb.examples.empty()) {
      text += (text.empty() ? "" : "\n") + verb.examples;
    }
  }
  return text.empty() ? text : ".EX\n" + plain(text) + "\n.EE\n";
}

std::string exit_statuses() {
  std::string out;
  for (const auto& [status, meaning] : kExitStatuses) {
    out += ".TP\n.B " + std::to_string(status) + "\n" + plain(std::string(meaning)) + ".\n";
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

/// A summary without its full stop, as NAME wants it.
std::string name_line(const CommandDescription& command) {
  std::string summary = command.summary;
  if (!summary.empty() && summary.back() == '.') summary.pop_back();
  return plain(page_name(command)) + " \\- " + plain(summary) + "\n";
}

}  // namespace

std::string man_page(const CommandDescription& command, std::string_view version,
                     std::string_view date) {
  const bool whole = command.path.size() == 1;
  std::string out = ".TH " + plain(upper(page_name(command))) + " 1 " + std::string(date) +
                    " \"colonnade " + std::string(version) + "\" \"Colonnade\"\n";
  out += section("NAME", name_line(command));
  out += section("SYNOPSIS", synopses(command));
  out += section("DESCRIPTION",
                 plain(command.summary) + "\n" +
                     (command.details.empty() ? "" : ".PP\n" + paragraphs(command.details) + "\n"));
  out += section("VERBS", whole ? verb_list(command) : subsections(command));
  out += section("ARGUMENTS", definitions(command.arguments));
  out += section("OPTIONS", definitions(command.options));
  out += section("EXIT STATUS", exit_statuses());
  out += section("EXAMPLES", examples(command));
  if (!whole) out += section("SEE ALSO", ".BR colonnade (1)\n");
  return out;
}

}  // namespace colonnade
