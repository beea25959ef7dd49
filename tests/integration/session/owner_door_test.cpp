#include "session/owner_door.h"

#include <gtest/gtest.h>

#include <thread>

#include "store/installation.h"
#include "support/database.h"

namespace everbit::session {
namespace {

Deadline soon() { return Deadline::after(std::chrono::seconds(30)); }

class OwnerDoorTest : public testing::Test {
 protected:
  Admission admit(OwnerDoor& door, std::string_view who) { return door.admit(who, soon()).value(); }

  test::TestDatabase database_;
  std::unique_ptr<store::Pool> pool_ = database_.make_pool(8);
  SystemClock clock_;
  store::OwnerId owner_ = store::ensure_owner(*pool_, clock_, soon()).value();
};

TEST_F(OwnerDoorTest, AnEmptyDatabaseRefusesAStranger) {
  OwnerDoor door(*pool_, owner_, "");
  EXPECT_EQ(admit(door, "1"), Admission::kOwnerNotSet);
  OwnerDoor named(*pool_, owner_, "2");
  EXPECT_EQ(admit(named, "1"), Admission::kOwnerNotSet);
}

TEST_F(OwnerDoorTest, WhomTheSettingsNameBecomesTheOwnerForEver) {
  OwnerDoor named(*pool_, owner_, "2");
  EXPECT_EQ(admit(named, "2"), Admission::kOwner);
  EXPECT_EQ(admit(named, "2"), Admission::kOwner);
  EXPECT_EQ(admit(named, "1"), Admission::kNotOwner);
  OwnerDoor other(*pool_, owner_, "1");
  EXPECT_EQ(admit(other, "1"), Admission::kNotOwner) << "the settings came too late";
  EXPECT_EQ(other.open({"admin:0", 0}, soon()).error().code, "OWNER_EXISTS");
}

TEST_F(OwnerDoorTest, AClaimLetsOneLoginIn) {
  OwnerDoor door(*pool_, owner_, "");
  ASSERT_TRUE(door.open({"admin:0", 0}, soon()));
  EXPECT_EQ(admit(door, "1"), Admission::kOwner);
  EXPECT_EQ(admit(door, "2"), Admission::kNotOwner);
  EXPECT_EQ(database_.value("SELECT string_agg(action, ' ' ORDER BY id) FROM audit_log"),
            "owner_claim owner_set");
}

TEST_F(OwnerDoorTest, AClaimIsOverAfterFifteenMinutesAndCanBeRepeated) {
  OwnerDoor door(*pool_, owner_, "");
  ASSERT_TRUE(door.open({"admin:0", 0}, soon()));
  database_.sql(
      "UPDATE owner_claim SET opened_at = now() - interval '16 minutes', "
      "expires_at = now() - interval '1 minute'");
  EXPECT_EQ(admit(door, "1"), Admission::kOwnerNotSet);
  ASSERT_TRUE(door.open({"admin:0", 0}, soon()));
  EXPECT_EQ(admit(door, "1"), Admission::kOwner);
}

TEST_F(OwnerDoorTest, TwoLoginsAtOnceMakeOneOwnerAndOneNot) {
  OwnerDoor door(*pool_, owner_, "");
  ASSERT_TRUE(door.open({"admin:0", 0}, soon()));
  std::vector<Admission> verdicts(8);
  std::vector<std::thread> threads;
  for (std::size_t n = 0; n < verdicts.size(); ++n) {
    threads.emplace_back([&, n] { verdicts[n] = admit(door, std::to_string(n + 1)); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::count(verdicts.begin(), verdicts.end(), Admission::kOwner), 1);
  EXPECT_EQ(std::count(verdicts.begin(), verdicts.end(), Admission::kNotOwner), 7);
  EXPECT_EQ(database_.value("SELECT count(*) FROM app_user WHERE kakao_id IS NOT NULL"), "1");
}

TEST_F(OwnerDoorTest, WithoutADatabaseNobodyIsAdmitted) {
  OwnerDoor door(*pool_, owner_, "1");
  pool_->close();
  EXPECT_FALSE(door.admit("1", soon()));
}

}  // namespace
}  // namespace everbit::session
