#include "app/attachment_name.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

PartRow row(std::string id, std::string type, std::string name,
            bool is_message = false) {
  PartRow row;
  row.id = std::move(id);
  row.type = std::move(type);
  row.name = std::move(name);
  row.is_message = is_message;
  return row;
}

TEST(AttachmentName, AsSentOrByNumberAndType) {
  EXPECT_EQ(attachment_name(row("2", "application/pdf", "menu.pdf")), "menu.pdf");
  EXPECT_EQ(attachment_name(row("2.1", "application/pdf", "")), "part-2.1.pdf");
  EXPECT_EQ(attachment_name(row("2.1", "application/pdf", "...")), "part-2.1.pdf");
  EXPECT_EQ(attachment_name(row("1", "text/x-unheard-of", "")), "part-1.txt");
  EXPECT_EQ(attachment_name(row("1", "font/ttf", "")), "part-1.bin");
}

TEST(AttachmentName, AMessageIsEml) {
  EXPECT_EQ(attachment_name(row("3", "message/rfc822", "", true)), "part-3.eml");
  EXPECT_EQ(attachment_name(row("3", "message/rfc822", "x.EML", true)), "x.EML");
  EXPECT_EQ(attachment_name(row("3", "message/rfc822", "x.exe", true)),
            "x.exe.eml");
  EXPECT_EQ(attachment_name(row("3", "message/rfc822", "../", true)),
            "part-3.eml");
  EXPECT_EQ(attachment_name(row("3", "message/rfc822", "x. ", true)), "x.eml");
}

TEST(AttachmentName, ALongNumberIsCut) {
  std::string id = "1";
  for (int i = 0; i < 500; ++i) id += ".1";
  const auto name = attachment_name(row(id, "image/png", ""));
  EXPECT_EQ(name.size(), 200u);
  EXPECT_TRUE(name.ends_with(".1.png"));
}

}  // namespace
}  // namespace mailtool::app
