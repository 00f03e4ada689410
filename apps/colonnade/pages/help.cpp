#include "pages/pages.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kTextColumn = 26;

/// Fills lines up to kColumns; a line end of `text` stays, lines but the first begin at `indent`.
std::string filled(const std::string& text, std::size_t indent, std::size_t column) {
  std::string out, word;
  const auto put_word = [&] {
    if (word.empty()) return;
    if (column > indent && column + 1 + word.size() > kColumns) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    word.clear();
  };
  for (const char c : text) {
    if (c != ' ' && c != '\n') {
      word += c;
      continue;
    }
    put_word();
    if (c == '\n') {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    }
  }
  put_word();
  return out + "\n";
}

std::string row(std::string left, const std::string& text) {
  left = "  " + left;
  if (left.size() + 2 > kTextColumn) {
    left += "\n" + std::string(kTextColumn, ' ');
  } else {
    left.resize(kTextColumn, ' ');
  }
  return left + filled(text, kTextColumn, kTextColumn);
}

std::string rows(const std::string& title, const std::vector<OptionDescription>& options) {
  std::string out;
  for (const OptionDescription& option : options) {
    std::string text = option.help;
    if (!option.default_value.empty()) text += " (" + option.default_value + ")";
    if (option.required && option.names.front().front() == '-') text += "; required";
    out += row(spelling(option), text);
  }
  return out.empty() ? out : "\n" + title + ":\n" + out;
}

}  // namespace

std::string help_page(const CommandDescription& command) {
  std::string out = filled(command.summary, 0, 0) + "\nUsage: " + usage(command) + "\n";
  if (!command.details.empty()) out += "\n" + filled(command.details, 0, 0);
  if (!command.commands.empty()) out += "\nVerbs:\n";
  for (const CommandDescription& verb : command.commands) {
    out += row(verb.path.back(), verb.summary);
  }
  out += rows("Arguments", command.arguments);
  out += rows("Options", command.options);
  if (command.path.size() == 1) {
    out += "\nExit status:\n";
    for (const auto& [status, meaning] : kExitStatuses) {
      out += row(std::to_string(status), std::string(meaning));
    }
  }
  if (!command.examples.empty()) {
    out += "\nExamples:\n  " + replaced(command.examples, "\n", "\n  ") + "\n";
  }
  return out;
}

}  // namespace colonnade
