# Eight of the pack's rules, as a Terraform user writes them for OPA: fewer than the pack runs, to be on the safe side.
package mesh

public := {"allUsers", "allAuthenticatedUsers"}

invoking := {"roles/run.invoker", "roles/run.admin", "roles/run.developer", "roles/owner", "roles/editor"}

created contains resource if {
	some resource in input.resource_changes
	resource.change.actions[_] == "create"
}

services contains resource if {
	some resource in created
	resource.type == "google_cloud_run_v2_service"
}

public_principals contains resource.address if {
	some resource in created
	resource.change.after.member in public
}

disabled_invoker_check contains service.address if {
	some service in services
	service.change.after.invoker_iam_disabled == true
}

public_ingress contains service.address if {
	some service in services
	object.get(service.change.after, "ingress", "INGRESS_TRAFFIC_ALL") == "INGRESS_TRAFFIC_ALL"
}

default_service_account contains service.address if {
	some service in services
	account := object.get(service.change.after.template[0], "service_account", "")
	regex.match(`^$|-compute@developer\.gserviceaccount\.com$|@appspot\.gserviceaccount\.com$`, account)
}

inherited_invokers contains resource.address if {
	some resource in created
	resource.type == "google_project_iam_member"
	resource.change.after.role in invoking
}

plain_secrets contains [service.address, variable.name] if {
	some service in services
	some container in service.change.after.template[0].containers
	some variable in container.env
	regex.match(`(?i)(password|secret|token|api_?key|private_?key)$`, variable.name)
}

unpinned_images contains service.address if {
	some service in services
	some container in service.change.after.template[0].containers
	not contains(container.image, "@sha256:")
}

workloads_of[account] contains service.address if {
	some service in services
	account := service.change.after.template[0].service_account
}

shared_service_accounts contains account if {
	some account, addresses in workloads_of
	count(addresses) > 1
}

found := {
	"public": count(public_principals),
	"others": count(disabled_invoker_check) + count(public_ingress) + count(default_service_account) + count(inherited_invokers) + count(plain_secrets) + count(unpinned_images) + count(shared_service_accounts),
}
