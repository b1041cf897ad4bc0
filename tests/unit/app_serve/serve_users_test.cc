// Who may log in, and by what.

#include <gtest/gtest.h>

#include "app/serve_delivery.h"

namespace mailtool::app {
namespace {

using sasl::ScramHash;

TEST(ServeUsers, Passwords) {
  ServeUsers users;
  users.add("alice", Secret("secret"));
  users.add("bob", std::nullopt);
  EXPECT_EQ(users.log_in("Alice@crepes.test", Secret("secret")), "alice");
  EXPECT_FALSE(users.log_in("alice", Secret("secret2")));
  EXPECT_FALSE(users.log_in("alice", Secret("")));
  EXPECT_FALSE(users.log_in("nobody", Secret("secret")));
  EXPECT_EQ(users.log_in("bob", Secret("anything")), "bob");
}

// A server without the password cannot prove that it has it.
TEST(ServeUsers, ScramWantsPasswords) {
  ServeUsers users;
  users.add("alice", Secret("secret"));
  EXPECT_TRUE(users.has_scram());
  users.add("bob", std::nullopt);
  EXPECT_FALSE(users.has_scram());
  ServeUsers odd;
  odd.add("alice", Secret("a\x01"));
  EXPECT_FALSE(odd.has_scram());
}

TEST(ServeUsers, ScramKeys) {
  ServeUsers users;
  users.add("alice", Secret("secret"));
  users.add("bob", Secret("secret"));
  const auto alice = users.scram_user(ScramHash::sha256, "Alice@crepes.test");
  EXPECT_EQ(alice.user, "alice");
  const auto again = users.scram_user(ScramHash::sha256, "alice");
  EXPECT_EQ(again.keys.stored_key, alice.keys.stored_key);
  const auto expected = sasl::derive_scram_keys(
      ScramHash::sha256, Secret("secret"), alice.keys.salt);
  EXPECT_EQ(alice.keys.stored_key, expected->stored_key);
  // One password, and yet not the same keys.
  const auto bob = users.scram_user(ScramHash::sha256, "bob");
  EXPECT_NE(bob.keys.salt, alice.keys.salt);
  EXPECT_NE(bob.keys.stored_key, alice.keys.stored_key);
  EXPECT_EQ(users.scram_user(ScramHash::sha1, "bob").keys.stored_key.size(),
            20u);
  ServeUsers later;
  later.add("alice", Secret("secret"));
  EXPECT_NE(later.scram_user(ScramHash::sha256, "alice").keys.salt,
            alice.keys.salt);
}

// Nobody's salt is as long, and as constant, as somebody's.
TEST(ServeUsers, NobodyLooksLikeSomebody) {
  ServeUsers users;
  users.add("alice", Secret("secret"));
  const auto nobody = users.scram_user(ScramHash::sha256, "nobody");
  EXPECT_EQ(nobody.user, "");
  EXPECT_EQ(users.scram_user(ScramHash::sha256, "NoBody@x").keys.salt,
            nobody.keys.salt);
  EXPECT_NE(users.scram_user(ScramHash::sha256, "nobody2").keys.salt,
            nobody.keys.salt);
  EXPECT_EQ(nobody.keys.salt.size(),
            users.scram_user(ScramHash::sha256, "alice").keys.salt.size());
}

}  // namespace
}  // namespace mailtool::app
