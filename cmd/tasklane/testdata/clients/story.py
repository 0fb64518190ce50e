"""The story with boto3."""
import datetime
import json
import os
import time
import urllib.request

import boto3
from botocore.exceptions import ClientError

endpoint, instance = os.environ["ENDPOINT"], os.environ["INSTANCE_ID"]
connect = boto3.client("connect", endpoint_url=endpoint)


class Desk:
    """The agent's side of a task, as the panel speaks it."""

    def __init__(self):
        login = json.dumps({"username": os.environ["AGENT_NAME"], "password": os.environ["AGENT_PASSWORD"]}).encode()
        request = urllib.request.Request(endpoint + "/login", login, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            cookie = answer.headers["Set-Cookie"].split(";")[0]
        request = urllib.request.Request(endpoint + "/auth/authorize", headers={"Cookie": cookie})
        with urllib.request.urlopen(request, timeout=10) as answer:
            self.token = json.load(answer)["accessToken"]

    def call(self, operation, **members):
        request = urllib.request.Request(endpoint + "/api", json.dumps(members).encode(), {
            "X-Amz-Target": "AmazonConnectCTIService." + operation, "X-Amz-Bearer": self.token,
            "Content-Type": "application/x-amz-json-1.0"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def wait(self, contact, state):
        for _ in range(200):
            contacts = self.call("GetAgentSnapshot")["snapshot"]["contacts"]
            found = [c for c in contacts if c["contactId"] == contact]
            if state is None and not found or found and found[0]["state"]["type"] == state:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{contact} did not become {state}: {contacts}")


assert connect.describe_instance(InstanceId=instance)["Instance"]["InstanceStatus"] == "ACTIVE"
assert connect.list_instances()["InstanceSummaryList"][0]["Id"] == instance

task = connect.start_task_contact(
    InstanceId=instance, ContactFlowId=os.environ["FLOW_ID"], Name="boto3", Description="from Python",
    Attributes={"tier": "gold"}, References={"Order": {"Type": "URL", "Value": "https://example.com/1"}})["ContactId"]
at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=5)
later = connect.start_task_contact(
    InstanceId=instance, ContactFlowId=os.environ["FLOW_ID"], Name="later", ScheduledTime=at)["ContactId"]
scheduled = connect.describe_contact(InstanceId=instance, ContactId=later)["Contact"]["ScheduledTimestamp"]
assert abs((scheduled - at).total_seconds()) < 1, scheduled
connect.stop_contact(InstanceId=instance, ContactId=later)

connect.update_contact_attributes(InstanceId=instance, InitialContactId=task, Attributes={"tier": "silver"})
assert connect.get_contact_attributes(InstanceId=instance, InitialContactId=task)["Attributes"] == {"tier": "silver"}

statuses = connect.list_agent_statuses(InstanceId=instance)["AgentStatusSummaryList"]
status = {s["Name"]: s["Id"] for s in statuses}
connect.put_user_status(InstanceId=instance, UserId=os.environ["AGENT_ID"], AgentStatusId=status["Available"])
desk = Desk()
ringing = desk.wait(task, "connecting")[0]
assert ringing["references"]["Order"]["value"] == "https://example.com/1"
desk.call("AcceptContact", contactId=task)
data = connect.get_current_user_data(InstanceId=instance, Filters={"Agents": [os.environ["AGENT_ID"]]})
assert data["UserDataList"][0]["Contacts"][0]["AgentContactState"] == "CONNECTED", data
desk.call("DestroyConnection", contactId=task, connectionId=ringing["connections"][0]["connectionId"])
desk.wait(task, "ended")
desk.call("ClearContact", contactId=task)
desk.wait(task, None)
connect.put_user_status(InstanceId=instance, UserId=os.environ["AGENT_ID"], AgentStatusId=status["Offline"])


def describe(contact):
    return connect.describe_contact(InstanceId=instance, ContactId=contact)["Contact"]


more = connect.start_task_contact(
    InstanceId=instance, QuickConnectId=os.environ["QUICK_CONNECT_ID"], Name="by quick connect")["ContactId"]
connect.tag_contact(InstanceId=instance, ContactId=more, Tags={"team": "refunds", "tmp": "1"})
connect.untag_contact(InstanceId=instance, ContactId=more, TagKeys=["tmp"])
connect.pause_contact(InstanceId=instance, ContactId=more)
paused = describe(more)
assert paused["Tags"] == {"team": "refunds"} and paused["LastPausedTimestamp"] and paused["TotalPauseCount"] == 1, paused
connect.resume_contact(InstanceId=instance, ContactId=more, ContactFlowId=os.environ["FLOW_ID"])
moved = connect.transfer_contact(
    InstanceId=instance, ContactId=more, ContactFlowId=os.environ["FLOW_ID"], QueueId=os.environ["QUEUE_ID"])["ContactId"]
assert describe(moved)["PreviousContactId"] == more and describe(more)["DisconnectReason"] == "OTHER"
connect.stop_contact(InstanceId=instance, ContactId=moved)

put_off = connect.start_task_contact(
    InstanceId=instance, TaskTemplateId=os.environ["TEMPLATE_ID"], Name="by template", ScheduledTime=at)["ContactId"]
at -= datetime.timedelta(days=1)
connect.update_contact_schedule(InstanceId=instance, ContactId=put_off, ScheduledTime=at)
connect.update_contact(InstanceId=instance, ContactId=put_off, Name="renamed", References={
    "Order": {"Type": "URL", "Value": "https://example.com/2"}})
changed = describe(put_off)
assert changed["Name"] == "renamed" and abs((changed["ScheduledTimestamp"] - at).total_seconds()) < 1, changed
connect.stop_contact(InstanceId=instance, ContactId=put_off)

by_hand = connect.create_contact(
    InstanceId=instance, Channel="TASK", InitiationMethod="API", InitiateAs="CONNECTED_TO_USER",
    UserInfo={"UserId": os.environ["AGENT_ID"]}, Name="by hand")["ContactId"]
desk.wait(by_hand, "connected")
connect.stop_contact(InstanceId=instance, ContactId=by_hand)
desk.wait(by_hand, "ended")
desk.call("ClearContact", contactId=by_hand)
desk.wait(by_hand, None)

done = connect.describe_contact(InstanceId=instance, ContactId=task)["Contact"]
assert done["AgentInfo"]["Id"] == os.environ["AGENT_ID"] and done["DisconnectReason"] == "AGENT_DISCONNECT", done
order = [done["InitiationTimestamp"], done["ConnectedToSystemTimestamp"], done["QueueInfo"]["EnqueueTimestamp"],
         done["AgentInfo"]["ConnectedToAgentTimestamp"], done["DisconnectTimestamp"],
         done["AgentInfo"]["AfterContactWorkEndTimestamp"]]
assert order == sorted(order), order


def action(identifier, kind, parameters, following=None, errors=(), conditions=()):
    transitions = {} if following is None else {
        "NextAction": following, "Errors": [{"NextAction": "end", "ErrorType": e} for e in errors],
        "Conditions": [{"NextAction": to, "Condition": {"Operator": "Equals", "Operands": [word]}} for word, to in conditions]}
    return {"Identifier": identifier, "Type": kind, "Parameters": parameters, "Transitions": transitions}


def document(*actions, **more):
    return json.dumps({"Version": "2019-10-30", "StartAction": actions[0]["Identifier"], "Actions": actions, **more})


module = connect.create_contact_flow_module(
    InstanceId=instance, Name="marks for boto3", Settings=json.dumps({"transitions": {"results": [{"name": "Marked"}]}}),
    Content=document(
        action("mark", "UpdateContactAttributes", {"Attributes": {"marked": "$.Name"}}, "back", ["NoMatchingError"]),
        action("back", "EndFlowModuleExecution", {"Result": "Marked"}),
        action("end", "EndFlowModuleExecution", {}), Settings={}))["Id"]
connect.create_contact_flow_module_version(InstanceId=instance, ContactFlowModuleId=module)
content = document(
    action("call", "InvokeFlowModule", {"FlowModuleId": module + ":1"}, "end", ["NoMatchingError"], [("Marked", "wait")]),
    action("wait", "Wait", {"TimeLimitSeconds": "1"}, "end", ["NoMatchingError"], [("WaitCompleted", "end")]),
    action("end", "DisconnectParticipant", {}))
flow = connect.create_contact_flow(InstanceId=instance, Name="waits for boto3", Type="CONTACT_FLOW", Content=content)
waiting = connect.start_task_contact(InstanceId=instance, ContactFlowId=flow["ContactFlowId"], Name="in flow")["ContactId"]
assert connect.get_contact_attributes(InstanceId=instance, InitialContactId=waiting)["Attributes"] == {"marked": "in flow"}
assert "DisconnectTimestamp" not in describe(waiting)
for _ in range(100):
    if "DisconnectTimestamp" in describe(waiting):
        break
    time.sleep(0.1)
assert describe(waiting)["DisconnectReason"] == "CONTACT_FLOW_DISCONNECT", describe(waiting)
try:
    connect.update_contact_flow_content(
        InstanceId=instance, ContactFlowId=flow["ContactFlowId"], Content=content.replace("Wait", "Sleep", 1))
    raise AssertionError("a flow with a problem was published")
except connect.exceptions.InvalidContactFlowException as error:
    assert "Type: Sleep" in error.response["problems"][0]["message"], error.response
connect.delete_contact_flow(InstanceId=instance, ContactFlowId=flow["ContactFlowId"])
connect.delete_contact_flow_module(InstanceId=instance, ContactFlowModuleId=module)

try:
    connect.stop_contact(InstanceId=instance, ContactId=task)
    raise AssertionError("an ended task was stopped")
except connect.exceptions.ContactNotFoundException:
    pass
try:
    connect.describe_vocabulary(InstanceId=instance, VocabularyId="99999999-9999-4999-8999-999999999999")
    raise AssertionError("DescribeVocabulary is served")
except ClientError as error:
    assert error.response["Error"]["Code"] == "NotImplementedException", error
print("boto3", boto3.__version__, "told the story")
