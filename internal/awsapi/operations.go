package awsapi

import (
	"context"
	"net/http"

	"github.com/tasklane/tasklane/internal/fault"
)

type run = func(context.Context, *http.Request, []byte) (any, error)

// operations are those that Tasklane serves.
func (a *API) operations() map[string]run {
	return map[string]run{
		"StartTaskContact":          handle(a, a.startTaskContact, checkStart),
		"DescribeContact":           handle(a, a.describeContact),
		"GetContactAttributes":      handle(a, a.getContactAttributes),
		"UpdateContactAttributes":   handle(a, a.updateContactAttributes),
		"ListContactReferences":     handle(a, a.listContactReferences),
		"StopContact":               handle(a, a.stopContact),
		"PauseContact":              handle(a, a.pauseContact),
		"ResumeContact":             handle(a, a.resumeContact),
		"TransferContact":           handle(a, a.transferContact),
		"UpdateContact":             handle(a, a.updateContact),
		"UpdateContactTaskTemplate": handle(a, a.updateContactTaskTemplate),
		"UpdateContactSchedule":     handle(a, a.updateContactSchedule),
		"TagContact":                handle(a, a.tagContact),
		"UntagContact":              handle(a, a.untagContact),
		"CreateContact":             handle(a, a.createContact),
		"CreateInstance":            handle(a, a.createInstance),
		"DeleteInstance":            handle(a, a.deleteInstance),
		"DescribeInstance":          handle(a, a.describeInstance),
		"ListInstances":             handle(a, a.listInstances),
		"DescribeInstanceAttribute": handle(a, a.describeInstanceAttribute),
		"ListInstanceAttributes":    handle(a, a.listInstanceAttributes),
		"UpdateInstanceAttribute":   handle(a, a.updateInstanceAttribute),
		"DescribeQueue":             handle(a, a.describeQueue),
		"ListQueues":                handle(a, a.listQueues),
		"CreateQueue":               handle(a, a.createQueue),
		"CreateContactFlow":         handle(a, a.createContactFlow),
		"DescribeContactFlow":       handle(a, a.describeContactFlow),
		"ListContactFlows":          handle(a, a.listContactFlows),
		"UpdateContactFlowContent":  handle(a, a.updateContactFlowContent),
		"CreateUser":                handle(a, a.createUser),
		"DescribeUser":              handle(a, a.describeUser),
		"ListUsers":                 handle(a, a.listUsers),
		"PutUserStatus":             handle(a, a.putUserStatus),
		"CreateAgentStatus":         handle(a, a.createAgentStatus),
		"ListAgentStatuses":         handle(a, a.listAgentStatuses),
		"GetCurrentUserData":        handle(a, a.getCurrentUserData),
		"SearchContacts":            handle(a, a.searchContacts),
		"ListAssociatedContacts":    handle(a, a.listAssociatedContacts),
		"DeleteContactData":         handle(a, a.deleteContactData),

		"UpdateContactFlowMetadata": handle(a, a.updateContactFlowMetadata),
		"UpdateContactFlowName":     handle(a, a.updateContactFlowName),
		"DeleteContactFlow":         handle(a, a.deleteContactFlow),
		"SearchContactFlows":        handle(a, a.searchContactFlows),
		"CreateContactFlowVersion":  handle(a, a.createContactFlowVersion),
		"ListContactFlowVersions":   handle(a, a.listContactFlowVersions),
		"DeleteContactFlowVersion":  handle(a, a.deleteContactFlowVersion),

		"CreateContactFlowModule":         handle(a, a.createContactFlowModule),
		"DescribeContactFlowModule":       handle(a, a.describeContactFlowModule),
		"ListContactFlowModules":          handle(a, a.listContactFlowModules),
		"SearchContactFlowModules":        handle(a, a.searchContactFlowModules),
		"UpdateContactFlowModuleContent":  handle(a, a.updateContactFlowModuleContent),
		"UpdateContactFlowModuleMetadata": handle(a, a.updateContactFlowModuleMetadata),
		"DeleteContactFlowModule":         handle(a, a.deleteContactFlowModule),
		"CreateContactFlowModuleVersion":  handle(a, a.createContactFlowModuleVersion),
		"ListContactFlowModuleVersions":   handle(a, a.listContactFlowModuleVersions),
		"DeleteContactFlowModuleVersion":  handle(a, a.deleteContactFlowModuleVersion),
		"CreateContactFlowModuleAlias":    handle(a, a.createContactFlowModuleAlias),
		"DescribeContactFlowModuleAlias":  handle(a, a.describeContactFlowModuleAlias),
		"ListContactFlowModuleAliases":    handle(a, a.listContactFlowModuleAliases),
		"UpdateContactFlowModuleAlias":    handle(a, a.updateContactFlowModuleAlias),
		"DeleteContactFlowModuleAlias":    handle(a, a.deleteContactFlowModuleAlias),

		"CreateQuickConnect":             handle(a, a.createQuickConnect),
		"DescribeQuickConnect":           handle(a, a.describeQuickConnect),
		"ListQuickConnects":              handle(a, a.listQuickConnects),
		"SearchQuickConnects":            handle(a, a.searchQuickConnects),
		"UpdateQuickConnectConfig":       handle(a, a.updateQuickConnectConfig),
		"UpdateQuickConnectName":         handle(a, a.updateQuickConnectName),
		"DeleteQuickConnect":             handle(a, a.deleteQuickConnect),
		"AssociateQueueQuickConnects":    handle(a, a.associateQueueQuickConnects),
		"DisassociateQueueQuickConnects": handle(a, a.disassociateQueueQuickConnects),
		"ListQueueQuickConnects":         handle(a, a.listQueueQuickConnects),

		"CreatePredefinedAttribute":   handle(a, a.createPredefinedAttribute),
		"DescribePredefinedAttribute": handle(a, a.describePredefinedAttribute),
		"ListPredefinedAttributes":    handle(a, a.listPredefinedAttributes),
		"SearchPredefinedAttributes":  handle(a, a.searchPredefinedAttributes),
		"UpdatePredefinedAttribute":   handle(a, a.updatePredefinedAttribute),
		"DeletePredefinedAttribute":   handle(a, a.deletePredefinedAttribute),

		"SearchQueues":                handle(a, a.searchQueues),
		"UpdateQueueName":             handle(a, a.updateQueueName),
		"UpdateQueueStatus":           handle(a, a.updateQueueStatus),
		"UpdateQueueMaxContacts":      handle(a, a.updateQueueMaxContacts),
		"UpdateQueueHoursOfOperation": handle(a, a.updateQueueHours),
		"DeleteQueue":                 handle(a, a.deleteQueue),

		"UpdateQueueOutboundCallerConfig": handle(a, a.updateQueueOutboundCallerConfig),

		"CreateRoutingProfile":                       handle(a, a.createRoutingProfile),
		"DescribeRoutingProfile":                     handle(a, a.describeRoutingProfile),
		"ListRoutingProfiles":                        handle(a, a.listRoutingProfiles),
		"SearchRoutingProfiles":                      handle(a, a.searchRoutingProfiles),
		"UpdateRoutingProfileName":                   handle(a, a.updateRoutingProfileName),
		"UpdateRoutingProfileConcurrency":            handle(a, a.updateRoutingProfileConcurrency),
		"UpdateRoutingProfileDefaultOutboundQueue":   handle(a, a.updateRoutingProfileOutbound),
		"UpdateRoutingProfileAgentAvailabilityTimer": handle(a, a.updateRoutingProfileTimer),
		"DeleteRoutingProfile":                       handle(a, a.deleteRoutingProfile),
		"AssociateRoutingProfileQueues":              handle(a, a.associateRoutingProfileQueues),
		"UpdateRoutingProfileQueues":                 handle(a, a.updateRoutingProfileQueues),
		"DisassociateRoutingProfileQueues":           handle(a, a.disassociateRoutingProfileQueues),
		"ListRoutingProfileQueues":                   handle(a, a.listRoutingProfileQueues),
		"ListRoutingProfileManualAssignmentQueues":   handle(a, a.listRoutingProfileManualQueues),

		"GetFederationToken":         handle(a, a.getFederationToken),
		"SearchUsers":                handle(a, a.searchUsers),
		"UpdateUserIdentityInfo":     handle(a, a.updateUserIdentityInfo),
		"UpdateUserPhoneConfig":      handle(a, a.updateUserPhoneConfig),
		"UpdateUserConfig":           handle(a, a.updateUserConfig),
		"UpdateUserRoutingProfile":   handle(a, a.updateUserRoutingProfile),
		"UpdateUserSecurityProfiles": handle(a, a.updateUserSecurityProfiles),
		"UpdateUserHierarchy":        handle(a, a.updateUserHierarchy),
		"DeleteUser":                 handle(a, a.deleteUser),

		"AssociateUserProficiencies":    handle(a, a.associateUserProficiencies),
		"UpdateUserProficiencies":       handle(a, a.updateUserProficiencies),
		"DisassociateUserProficiencies": handle(a, a.disassociateUserProficiencies),
		"ListUserProficiencies":         handle(a, a.listUserProficiencies),

		"DescribeUserHierarchyStructure": handle(a, a.describeHierarchyStructure),
		"UpdateUserHierarchyStructure":   handle(a, a.updateHierarchyStructure),
		"CreateUserHierarchyGroup":       handle(a, a.createHierarchyGroup),
		"DescribeUserHierarchyGroup":     handle(a, a.describeHierarchyGroup),
		"ListUserHierarchyGroups":        handle(a, a.listHierarchyGroups),
		"SearchUserHierarchyGroups":      handle(a, a.searchHierarchyGroups),
		"UpdateUserHierarchyGroupName":   handle(a, a.updateHierarchyGroupName),
		"DeleteUserHierarchyGroup":       handle(a, a.deleteHierarchyGroup),

		"CreateSecurityProfile":          handle(a, a.createSecurityProfile),
		"DescribeSecurityProfile":        handle(a, a.describeSecurityProfile),
		"ListSecurityProfiles":           handle(a, a.listSecurityProfiles),
		"ListSecurityProfilePermissions": handle(a, a.listSecurityProfilePermissions),
		"ListEntitySecurityProfiles":     handle(a, a.listEntitySecurityProfiles),

		"ListSecurityProfileApplications": handle(a, a.listSecurityProfileApplications),
		"ListSecurityProfileFlowModules":  handle(a, a.listSecurityProfileFlowModules),

		"SearchSecurityProfiles": handle(a, a.searchSecurityProfiles),
		"UpdateSecurityProfile":  handle(a, a.updateSecurityProfile),
		"DeleteSecurityProfile":  handle(a, a.deleteSecurityProfile),

		"DescribeAgentStatus": handle(a, a.describeAgentStatus),
		"SearchAgentStatuses": handle(a, a.searchAgentStatuses),
		"UpdateAgentStatus":   handle(a, a.updateAgentStatus),

		"ListPrompts":    handle(a, a.listPrompts),
		"DescribePrompt": handle(a, a.describePrompt),
		"SearchPrompts":  handle(a, a.searchPrompts),

		"CreateHoursOfOperation":        handle(a, a.createHours),
		"DescribeHoursOfOperation":      handle(a, a.describeHours),
		"ListHoursOfOperations":         handle(a, a.listHours),
		"SearchHoursOfOperations":       handle(a, a.searchHours),
		"UpdateHoursOfOperation":        handle(a, a.updateHours),
		"DeleteHoursOfOperation":        handle(a, a.deleteHours),
		"GetEffectiveHoursOfOperations": handle(a, a.getEffectiveHours),

		"CreateHoursOfOperationOverride":   handle(a, a.createHoursOverride),
		"DescribeHoursOfOperationOverride": handle(a, a.describeHoursOverride),
		"ListHoursOfOperationOverrides":    handle(a, a.listHoursOverrides),
		"UpdateHoursOfOperationOverride":   handle(a, a.updateHoursOverride),
		"DeleteHoursOfOperationOverride":   handle(a, a.deleteHoursOverride),

		"TagResource":         handle(a, a.tagResource),
		"UntagResource":       handle(a, a.untagResource),
		"ListTagsForResource": handle(a, a.listTagsForResource),
		"SearchResourceTags":  handle(a, a.searchResourceTags),

		"CreateTaskTemplate": handle(a, a.createTaskTemplate),
		"GetTaskTemplate":    handle(a, a.getTaskTemplate),
		"ListTaskTemplates":  handle(a, a.listTaskTemplates),
		"UpdateTaskTemplate": handle(a, a.updateTaskTemplate),
		"DeleteTaskTemplate": handle(a, a.deleteTaskTemplate),

		"UpdateContactRoutingData": handle(a, a.updateContactRoutingData),
		"DismissUserContact":       handle(a, a.dismissUserContact),
		"AssociateContactWithUser": handle(a, a.associateContactWithUser),

		"GetCurrentMetricData": handle(a, a.getCurrentMetricData),
		"GetMetricData":        handle(a, a.getMetricData),
		"GetMetricDataV2":      handle(a, a.getMetricDataV2),
		"GetContactMetrics":    handle(a, a.getContactMetrics),

		"ListAttachedFilesConfigurations": handle(a, a.listAttachedFilesConfigurations),

		"StartAttachedFileUpload":      handle(a, a.startAttachedFileUpload),
		"CompleteAttachedFileUpload":   handle(a, a.completeAttachedFileUpload),
		"GetAttachedFile":              handle(a, a.getAttachedFile),
		"BatchGetAttachedFileMetadata": handle(a, a.batchGetAttachedFileMetadata),
		"DeleteAttachedFile":           handle(a, a.deleteAttachedFile),

		"AssociateInstanceStorageConfig":    handle(a, a.associateInstanceStorageConfig),
		"DescribeInstanceStorageConfig":     handle(a, a.describeInstanceStorageConfig),
		"ListInstanceStorageConfigs":        handle(a, a.listInstanceStorageConfigs),
		"UpdateInstanceStorageConfig":       handle(a, a.updateInstanceStorageConfig),
		"DisassociateInstanceStorageConfig": handle(a, a.disassociateInstanceStorageConfig),

		"AssociateApprovedOrigin":    handle(a, a.associateApprovedOrigin),
		"ListApprovedOrigins":        handle(a, a.listApprovedOrigins),
		"DisassociateApprovedOrigin": handle(a, a.disassociateApprovedOrigin),

		"AssociateLambdaFunction":    handle(a, a.associateLambdaFunction),
		"ListLambdaFunctions":        handle(a, a.listLambdaFunctions),
		"DisassociateLambdaFunction": handle(a, a.disassociateLambdaFunction),
	}
}

// none is the answer of an operation whose response has no members.
type none = struct{}

// given says whether a request has a member.
type given struct {
	member string
	is     bool
}

// someName fails with [fault.Unusable] when neither name nor description is to change: "At least Name or Description must
// be provided", such as in https://docs.aws.amazon.com/connect/latest/APIReference/API_UpdateQueueName.html.
func someName(name, description *string) error {
	if name == nil && description == nil {
		return fault.New(fault.Unusable, "At least one of Name and Description must be provided")
	}
	return nil
}

// refuse names the first member that is given and that Tasklane does not honour: nothing is silently ignored.
// It fails with [fault.Unsupported].
func refuse(members ...given) error {
	for _, m := range members {
		if m.is {
			return fault.New(fault.Unsupported, "%s is not supported by this version of Tasklane", m.member)
		}
	}
	return nil
}
