#include "app/media_type_by_content.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

TEST(MediaTypeByContent, ByTheFirstOctets) {
  MediaTypeByContent type_of;
  const std::string png("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0",
                        29);
  EXPECT_EQ(type_of(png), "image/png");
  EXPECT_EQ(type_of("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), "application/pdf");
  EXPECT_EQ(type_of("plain words\n"), "text/plain");
  EXPECT_EQ(type_of(std::string(2'000'000, 'a')), "text/plain");
}

TEST(MediaTypeByContent, WithoutTheLibrary) {
  MediaTypeByContent type_of("libnone.so.0");
  EXPECT_EQ(type_of("%PDF-1.7\n"), "");
  EXPECT_EQ(type_of("%PDF-1.7\n"), "");
}

// A library that is another one.
TEST(MediaTypeByContent, AnotherLibrary) {
  MediaTypeByContent type_of("libc.so.6");
  EXPECT_EQ(type_of("%PDF-1.7\n"), "");
}

}  // namespace
}  // namespace mailtool::app
