// write_model_yaml: what `import` leaves for its user to read and edit.
#include <fmt/core.h>

#include <optional>
#include <string>

#include "base/file.hpp"
#include "model/describe.hpp"
#include "model/expectation.hpp"
#include "model/inline_writer.hpp"
#include "model/yaml_text.hpp"

namespace colonnade {
namespace {

template <typename T>
concept Struct = !List<T> && !Number<T> && !Enum<T> && !std::same_as<T, bool> &&
                 !std::same_as<T, std::string> && !std::same_as<T, TensorRef>;
/// A list of these takes a line an item.
template <typename T>
concept Row =
    std::same_as<T, InputBinding> || std::same_as<T, OutputBinding> || std::same_as<T, AnchorSpec>;

/// Key by key, indented, with the description behind.
class BlockWriter {
 public:
  BlockWriter(std::size_t indent, std::string& out, bool explain, std::string lead = {})
      : indent_(indent), out_(out), explain_(explain), lead_(std::move(lead)) {}

  template <typename T>
  void field(std::string_view key, const T& member, std::string_view help, const Bounds& = {}) {
    if constexpr (Struct<T>) {
      line(fmt::format("{}:", key), help);
      BlockWriter nested(indent_ + 2, out_, explain_);
      describe(nested, member);
    } else if constexpr (List<T>) {
      write_list(key, member, help);
    } else {
      line(fmt::format("{}: {}", key, InlineWriter::text(member)), help);
    }
  }
  template <typename T>
  void optional(std::string_view key, const T& member, std::string_view help, const Bounds& = {}) {
    if (member != T{}) field(key, member, help);
  }
  template <typename T>
  void optional(std::string_view key, const std::optional<T>& member, std::string_view help,
                const Bounds& = {}) {
    if (member) field(key, *member, help);
  }

 private:
  template <typename T>
  void write_list(std::string_view key, const T& list, std::string_view help) {
    using Item = typename ListOf<T>::Item;
    if constexpr (!Struct<Item>) {
      line(fmt::format("{}: {}", key, InlineWriter::text(list)), help);
    } else if (list.empty()) {
      line(fmt::format("{}: []", key), help);
    } else {
      line(fmt::format("{}:", key), help);
      for (const Item& item : list) {
        if constexpr (Row<Item>) {
          out_ += std::string(indent_ + 2, ' ') + "- " + InlineWriter::text(item) + '\n';
        } else {
          // Explained once is enough.
          BlockWriter nested(indent_ + 4, out_, explain_ && &item == &list.front(),
                             std::string(indent_ + 2, ' ') + "- ");
          describe(nested, item);
        }
      }
    }
  }

  void line(const std::string& text, std::string_view help) {
    out_ += lead_.empty() ? std::string(indent_, ' ') : lead_;
    lead_.clear();
    out_ += text;
    if (explain_ && !help.empty()) {
      out_ += "  # ";
      out_ += help;
    }
    out_ += '\n';
  }

  std::size_t indent_;
  std::string& out_;
  bool explain_;
  std::string lead_;  ///< Instead of the indent, once: "  - ".
};

}  // namespace

std::string model_yaml_text(const ModelSpec& spec) {
  std::string text =
      "# What the graphs of this model can't say. docs/model_yaml.md explains every key.\n";
  BlockWriter writer(0, text, true);
  describe(writer, spec);
  return text;
}

void write_model_yaml(const ModelSpec& spec, const std::string& path) {
  write_file(path, model_yaml_text(spec));
}

}  // namespace colonnade
