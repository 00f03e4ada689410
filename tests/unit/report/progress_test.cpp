#include "report/progress.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>

namespace colonnade {
namespace {

/// What can be read without waiting.
std::string drained(int fd) {
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  char buffer[4096];
  const auto n = ::read(fd, buffer, sizeof buffer);
  return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
}

class Terminal {
 public:
  Terminal() : master_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0) return;
    slave_ = ::open(::ptsname(master_), O_RDWR | O_NOCTTY);
  }
  ~Terminal() {
    ::close(slave_);
    ::close(master_);
  }
  int fd() const { return slave_; }
  std::string shown() const { return drained(master_); }

 private:
  int master_, slave_ = -1;
};

TEST(Progress, DrawsOnATerminalAndErasesItself) {
  const Terminal terminal;
  if (terminal.fd() < 0) GTEST_SKIP() << "no pseudo terminal here";
  {
    Progress progress(4, terminal.fd());
    progress.start("first.bin");
    const std::string text = terminal.shown();
    EXPECT_NE(text.find("1/4 first.bin"), std::string::npos) << text;
  }
  EXPECT_EQ(terminal.shown(), "\r\x1b[K");
}

TEST(Progress, IsSilentForOneItem) {
  const Terminal terminal;
  if (terminal.fd() < 0) GTEST_SKIP() << "no pseudo terminal here";
  {
    Progress progress(1, terminal.fd());
    progress.start("only.bin");
  }
  EXPECT_EQ(terminal.shown(), "");
}

TEST(Progress, IsSilentInAPipe) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  {
    Progress progress(100, ends[1]);
    progress.start("first.bin");
  }
  EXPECT_EQ(drained(ends[0]), "");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Progress, NeverWrapsTheLine) {
  const Terminal terminal;
  if (terminal.fd() < 0) GTEST_SKIP() << "no pseudo terminal here";
  Progress progress(2, terminal.fd());
  progress.start(std::string(500, 'x') + "end.bin");
  const std::string text = terminal.shown();
  EXPECT_LE(text.size(), 80 + 4U);  // A terminal without a size counts as 80 columns.
  EXPECT_NE(text.find("end.bin"), std::string::npos);
}

}  // namespace
}  // namespace colonnade
