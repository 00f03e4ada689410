#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>

#include "colonnade/error.hpp"
#include "command_line.hpp"

namespace colonnade {
namespace {

int run(const CommandLine& command_line) {
  const int status = command_line.run();
  // What the stream's buffer still holds may fail to get out.
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    throw Error(ErrorCode::io, "standard output",
                fmt::format("can't be written: {}", std::strerror(errno)));
  }
  return status;
}

int refuse(const std::string& message) {
  fmt::print(stderr, "colonnade: {}\n", message);
  return kWrongUse;
}

}  // namespace
}  // namespace colonnade

int main(int argc, char** argv) {
  using namespace colonnade;
  CommandLine command_line;
  try {
    command_line.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return command_line.exit(error);
  }
  try {
    return run(command_line);
  } catch (const std::bad_alloc&) {
    return refuse("there isn't enough memory");
  } catch (const std::filesystem::filesystem_error& error) {
    return refuse(error.path1().string() + ": " + error.code().message());
  } catch (const std::system_error& error) {  // fmt's, when a stream can't be written.
    return refuse("standard output can't be written: " + error.code().message());
  } catch (const std::exception& error) {
    return refuse(error.what());
  }
}
