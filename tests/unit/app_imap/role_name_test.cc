#include "app/imap_role_name.h"

#include <gtest/gtest.h>

namespace mailtool::app {
namespace {

client::ListedMailbox mailbox(std::string_view name, std::string delimiter,
                              std::vector<std::string> attributes = {}) {
  client::ListedMailbox one;
  one.list.mailbox = *imap::mailbox_from_utf8(name);
  one.list.delimiter = std::move(delimiter);
  one.list.attributes = std::move(attributes);
  return one;
}

std::string guess(std::string_view role,
                  const std::vector<client::ListedMailbox>& mailboxes) {
  const auto* found = by_role_name(role, mailboxes);
  return found == nullptr ? "" : found->list.mailbox.utf8;
}

TEST(RoleName, ByTheUsualNames) {
  EXPECT_EQ(guess("trash", {mailbox("INBOX", "/"), mailbox("deleted items", "/")}),
            "deleted items");
  EXPECT_EQ(guess("sent", {mailbox("INBOX.Sent", ".")}), "INBOX.Sent");
  EXPECT_EQ(guess("junk", {mailbox("INBOX/Spam", "/")}), "INBOX/Spam");
  // The commoner name, wherever it stands.
  EXPECT_EQ(guess("trash", {mailbox("Deleted", "/"), mailbox("Trash", "/")}),
            "Trash");
}

TEST(RoleName, NotByAnother) {
  EXPECT_EQ(guess("trash", {}), "");
  EXPECT_EQ(guess("archive", {mailbox("Trash", "/")}), "");
  EXPECT_EQ(guess("trash", {mailbox("Old/Trash", "/")}), "");
  EXPECT_EQ(guess("trash", {mailbox("INBOX.Trash", "/")}), "");
  EXPECT_EQ(guess("trash", {mailbox("INBOXTrash", "")}), "");
  EXPECT_EQ(guess("trash", {mailbox("Trash", "/", {"\\Noselect"})}), "");
  EXPECT_EQ(guess("trash", {mailbox("Trash", "/", {"\\NonExistent"})}), "");
}

}  // namespace
}  // namespace mailtool::app
