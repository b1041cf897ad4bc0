/// \file
/// What the tests of a ServedMaildir share.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "mailtool/store/served_maildir.h"
#include "store/system.h"
#include "support/temp_dir.h"

namespace mailtool::store {

using Uids = std::vector<std::uint32_t>;

inline int g_calls = 0;
inline int g_last = 0;     // of them: then the process ends
inline int g_failing = 0;  // of them, this one fails for want of room

inline int count_call(const char*) {
  ++g_calls;
  if (g_calls == g_last) _exit(9);
  return g_calls == g_failing ? ENOSPC : 0;
}

inline std::string text_of(ServedMaildir& maildir, const ServedMessage& one) {
  auto source = maildir.read(one);
  if (!source) return source.error().one_line();
  StringSink sink(1 << 20);
  if (auto copied = copy_all(**source, sink); !copied) return "unreadable";
  return sink.take();
}

class ServedTest : public testing::Test {
 protected:
  void TearDown() override { set_fault_hook(nullptr); }

  std::unique_ptr<ServedMaildir> open() {
    auto opened = ServedMaildir::open(path_, 7);
    EXPECT_TRUE(opened) << opened.error().one_line();
    return opened ? *std::move(opened) : nullptr;
  }
  static Uids add(ServedMaildir& maildir, std::vector<std::string> texts) {
    for (const auto& text : texts) {
      StringSource source(text);
      const auto added = maildir.add(source, 1'795'262'400, "S");
      EXPECT_TRUE(added) << added.error().one_line();
    }
    auto uids = maildir.commit();
    EXPECT_TRUE(uids) << uids.error().one_line();
    return uids ? *std::move(uids) : Uids{};
  }
  static Uids uids_of(const ServedMaildir& maildir) {
    Uids uids;
    for (const auto& one : maildir.messages()) uids.push_back(one.uid);
    return uids;
  }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name, std::ios::binary) << text;
  }

  test::TempDir dir_;
  std::string path_ = dir_.path() / "bob" / "Maildir";
};

}  // namespace mailtool::store
