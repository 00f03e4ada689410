#include "model/settings.hpp"

#include <optional>
#include <string_view>

#include "colonnade/error.hpp"
#include "model/spec_reader.hpp"

namespace colonnade {
namespace {

/// Walks down a path: "heads[0].anchors[1].z".
class Setter {
 public:
  Setter(const std::string& setting, std::string path, const YamlNode& value)
      : where_("--set " + setting), path_(std::move(path)), value_(value) {}

  template <typename T>
  void set(T& target, const Bounds& bounds) {
    if (at_ == path_.size()) {
      SpecReader(where_).read(value_, target, path_, bounds);
    } else if (path_[at_] == '[') {
      set_item(target, bounds);
    } else {
      set_member(target);
    }
  }

  template <typename T>
  void field(std::string_view key, T& member, std::string_view, const Bounds& bounds = {}) {
    if (key != key_ || found_) return;
    found_ = true;
    set(member, bounds);
  }
  template <typename T>
  void optional(std::string_view key, T& member, std::string_view help, const Bounds& bounds = {}) {
    field(key, member, help, bounds);
  }
  template <typename T>
  void optional(std::string_view key, std::optional<T>& member, std::string_view help,
                const Bounds& bounds = {}) {
    if (key == key_ && !member) member.emplace();
    if (key == key_) field(key, *member, help, bounds);
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw Error(ErrorCode::invalid_argument, where_, message);
  }

  template <typename T>
  void set_member(T& target) {
    if constexpr (List<T> || Number<T> || Enum<T> || std::same_as<T, bool> ||
                  std::same_as<T, std::string> || std::same_as<T, TensorRef>) {
      fail(fmt::format("{}: it's {}, it has no keys", path_.substr(0, at_), expectation<T>({})));
    } else {
      if (at_ > 0 && path_[at_] == '.') ++at_;
      const std::size_t end = std::min(path_.find_first_of(".[", at_), path_.size());
      key_ = path_.substr(at_, end - at_);
      at_ = end;
      found_ = false;
      describe(*this, target);
      if (!found_)
        fail(fmt::format("{}: there is no such key, {}", path_.substr(0, end),
                         suggest_key(key_, keys_of<T>())));
    }
  }

  template <typename T>
  void set_item(T& target, const Bounds& bounds) {
    if constexpr (List<T>) {
      const std::size_t close = path_.find(']', at_);
      std::int64_t index = -1;
      const bool number =
          close != std::string::npos && parse_number(path_.substr(at_ + 1, close - at_ - 1), index);
      if (!number || index < 0 || index >= static_cast<std::int64_t>(target.size())) {
        fail(fmt::format("{}: expected an index below {} in []", path_, target.size()));
      }
      at_ = close + 1;
      set(target[static_cast<std::size_t>(index)], bounds);
    } else {
      fail(fmt::format("{}: it isn't a list", path_.substr(0, at_)));
    }
  }

  std::string where_;
  std::string path_;
  const YamlNode& value_;
  std::size_t at_ = 0;
  std::string key_;
  bool found_ = false;
};

}  // namespace

void apply_setting(ModelSpec& spec, const std::string& setting) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(ErrorCode::invalid_argument, "--set " + setting,
                "expected key=value, as in post.score_threshold=0.3");
  }
  const std::string path = setting.substr(0, equals);
  const YamlNode value = parse_yaml(setting.substr(equals + 1), "--set " + path);
  Setter(path, path, value).set(spec, {});
}

}  // namespace colonnade
