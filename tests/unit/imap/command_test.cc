#include "mailtool/imap/command.h"

#include <gtest/gtest.h>

namespace mailtool::imap {
namespace {

std::string wire(CommandBuilder& builder,
                 LiteralMode mode = LiteralMode::synchronizing) {
  const auto command = builder.build();
  EXPECT_TRUE(command);
  return command ? to_wire(*command, mode) : "";
}

struct Case {
  const char* why;
  std::string text;
  const char* wire;
};

// clang-format off
const Case kStrings[] = {
  {"atom",            "INBOX",        "X INBOX\r\n"},
  {"blank",           "a b",          "X \"a b\"\r\n"},
  {"quotes",          "a\"b\\c",      "X \"a\\\"b\\\\c\"\r\n"},
  {"empty",           "",             "X \"\"\r\n"},
  {"NIL",             "nil",          "X \"nil\"\r\n"},
  {"wildcards",       "*%",           "X \"*%\"\r\n"},
  {"braces",          "{5}",          "X \"{5}\"\r\n"},
  {"8-bit",           "Gr\xc3\xbc",   "X {4}\r\nGr\xc3\xbc\r\n"},
  {"line break",      "a\r\nA2 X",    "X {7}\r\na\r\nA2 X\r\n"},
  {"brackets",        "a]b[c",        "X \"a]b[c\"\r\n"},
};
// clang-format on

TEST(Command, Strings) {
  for (const auto& c : kStrings) {
    CommandBuilder builder("X");
    EXPECT_EQ(wire(builder.astring(c.text)), c.wire) << c.why;
  }
}

TEST(Command, MailboxesInUtf8) {
  const auto sent = [](std::string_view name) {
    CommandBuilder builder("X");
    return wire(builder.mailbox(*mailbox_from_utf8(name, NameEncoding::utf8)));
  };
  EXPECT_EQ(sent("편지함"), "X \"편지함\"\r\n");
  EXPECT_EQ(sent("\"안\\녕\""), "X \"\\\"안\\\\녕\\\"\"\r\n");
  EXPECT_EQ(sent("R&D"), "X R&D\r\n");
  const std::string longest = std::string(998, 'x') + "ü";
  EXPECT_EQ(sent(longest), "X \"" + longest + "\"\r\n");
  EXPECT_EQ(sent(longest + "x"), "X {1001}\r\n" + longest + "x\r\n");
  CommandBuilder odd("X");
  EXPECT_EQ(wire(odd.mailbox(mailbox_from_wire("Gr\xc3\xbc"))),
            "X {4}\r\nGr\xc3\xbc\r\n");
}

TEST(Command, LiteralModes) {
  const std::string small("\xc3\xbc");
  const std::string large(5000, '\xfc');
  CommandBuilder a("X");
  a.astring(small);
  EXPECT_EQ(wire(a, LiteralMode::small_at_once), "X {2+}\r\n\xc3\xbc\r\n");
  CommandBuilder b("X");
  b.astring(large);
  EXPECT_EQ(wire(b, LiteralMode::small_at_once).substr(0, 10), "X {5000}\r\n");
  EXPECT_EQ(wire(b, LiteralMode::all_at_once).substr(0, 11), "X {5000+}\r\n");
}

TEST(Command, NothingCanBeInjected) {
  const std::string nul("a\0b", 3);
  CommandBuilder text("X");
  EXPECT_FALSE(text.text("a\r\nA2 LOGOUT").build());
  CommandBuilder astring("X");
  EXPECT_FALSE(astring.astring(nul).build());
  CommandBuilder mailbox("X");
  EXPECT_FALSE(mailbox.mailbox({"a\r\nb", "a", false}).build());
  CommandBuilder flag("X");
  EXPECT_FALSE(flag.flags({"\\Seen) x"}).build());
  CommandBuilder empty("X");
  EXPECT_FALSE(empty.set(SequenceSet()).build());
}

TEST(Command, WordsAndLists) {
  CommandBuilder builder("UID STORE");
  builder.set(*parse_sequence_set("2,4:9")).text("+FLAGS.SILENT");
  EXPECT_EQ(wire(builder.flags({"\\Seen", "$Junk"})),
            "UID STORE 2,4:9 +FLAGS.SILENT (\\Seen $Junk)\r\n");
  CommandBuilder nested("X");
  nested.open().text("a").open().text("b").close().close().text("c");
  EXPECT_EQ(wire(nested), "X (a (b)) c\r\n");
}

TEST(Command, Flags) {
  for (const auto* good : {"\\Seen", "$Junk", "Work", "a]b"}) {
    EXPECT_EQ(is_flag(good), std::string_view(good) != "a]b") << good;
  }
  for (const auto* bad : {"", "\\", "a b", "a\"", "(", "\\\\x", "\xc3\xbc"}) {
    EXPECT_FALSE(is_flag(bad)) << bad;
  }
}

}  // namespace
}  // namespace mailtool::imap
