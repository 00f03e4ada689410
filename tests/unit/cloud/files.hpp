// What the cloud tests share: a file of their own, the message of an error, real data when there.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <string>

#include "base/file.hpp"
#include "colonnade/cloud.hpp"
#include "colonnade/error.hpp"

namespace colonnade::test {

/// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = testing::TempDir() + "colonnade_" + test->test_suite_name() + "_" + test->name();
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, const std::string& content) const {
    write_file(path(name), content);
    return path(name);
  }

 private:
  std::string path_;
};

/// What the Error that `f` throws says after its place, or "no error".
template <typename F>
std::string error_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    const std::string what = error.what();
    return error.where().empty() ? what : what.substr(error.where().size() + 2);
  }
  return "no error";
}

template <typename F>
std::string place_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.where();
  }
  return "no error";
}

/// The bytes of values, as they lie in memory.
template <typename... T>
std::string bytes_of(T... values) {
  std::string bytes;
  (bytes.append(reinterpret_cast<const char*>(&values), sizeof values), ...);
  return bytes;
}

/// The value of a field, read as type T at the field's place.
template <typename T>
T value(const Cloud& cloud, std::size_t point, const char* name) {
  const CloudView view = cloud.view();
  const PointField* const field = view.find(name);
  if (field == nullptr) throw Error(ErrorCode::internal, std::string("no field ") + name);
  T result{};
  std::memcpy(&result, view.data + point * view.stride + field->offset, sizeof result);
  return result;
}

/// Folder of the real sweeps beside the checkout, or empty.
inline std::string data_folder() {
  const std::string folder = COLONNADE_SOURCE_DIR "/../shared/data";
  return std::filesystem::is_directory(folder) ? folder : "";
}

}  // namespace colonnade::test
