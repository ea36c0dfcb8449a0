"""Models: attributes, texts, sums, constants."""

from __future__ import annotations

from typing import Any

from azure.storage.blob import (
    AppendBlockProperties,
    Blob,
    BlobBlock,
    BlobBlockList,
    BlobPermissions,
    BlobPrefix,
    BlobProperties,
    BlockListType,
    Container,
    ContainerPermissions,
    ContainerProperties,
    ContentSettings,
    CopyProperties,
    CustomerProvidedEncryptionKey,
    DeleteSnapshot,
    Include,
    PageBlobProperties,
    PageRange,
    PublicAccess,
    RehydratePriority,
    ResourceProperties,
    SequenceNumberAction,
)
from azure.storage.blob import models as blob_models
from azure.storage.blob.models import (
    AccountInformation,
    BlobBlockState,
    LeaseProperties,
    PremiumPageBlobTier,
    StandardBlobTier,
    UserDelegationKey,
)
from azure.storage.common import (
    AccessPolicy,
    AccountPermissions,
    CorsRule,
    DeleteRetentionPolicy,
    GeoReplication,
    LocationMode,
    Logging,
    Metrics,
    Protocol,
    ResourceTypes,
    RetentionPolicy,
    ServiceProperties,
    Services,
    ServiceStats,
    StaticWebsite,
)
from azure.storage.common.models import ListGenerator

from tests.legacy.probes.environment import Environment, tried


def defaults_of_results(env: Environment) -> Any:
    return [
        kind()
        for kind in (
            AccountInformation,
            AppendBlockProperties,
            Blob,
            BlobBlockList,
            BlobPrefix,
            BlobProperties,
            Container,
            ContainerProperties,
            CopyProperties,
            LeaseProperties,
            PageBlobProperties,
            ResourceProperties,
            ServiceProperties,
            ServiceStats,
            GeoReplication,
            UserDelegationKey,
        )
    ]


def defaults_of_arguments(env: Environment) -> Any:
    return [kind() for kind in (BlobBlock, ContentSettings, PageRange, AccessPolicy, Logging, Metrics)] + [
        kind() for kind in (RetentionPolicy, DeleteRetentionPolicy, StaticWebsite)
    ]


def made_by_position(env: Environment) -> Any:
    return [
        Blob("n", "s", b"c", None, {"a": "b"}, True),
        Container("n", None, {"a": "b"}),
        BlobBlock("1", BlobBlockState.Committed),
        PageRange(0, 511, True),
        ContentSettings("a", "b", "c", "d", "e", "f"),
        AccessPolicy("r", "2030", "2018"),
        Logging(True, True, True, RetentionPolicy(True, 5)),
        Metrics(True, False, RetentionPolicy(True, 5)),
        CorsRule("a", "b", 1, "c", "d"),
        CorsRule(["a"], ["b"]),
        StaticWebsite(True, "a", "b"),
        CustomerProvidedEncryptionKey("k", "h"),
    ]


def bases_of_results(env: Environment) -> Any:
    return [AppendBlockProperties, PageBlobProperties, ResourceProperties]


def clone(env: Environment) -> Any:
    source, target = PageBlobProperties(), AppendBlockProperties()
    source.etag, source.last_modified, source.sequence_number, source.request_server_encrypted = "e", "l", 3, True
    return target.clone(source), target


def instances_share_nothing(env: Environment) -> Any:
    one, two = BlobProperties(), BlobProperties()
    one.lease.status = "locked"
    one.content_settings.content_type = "a"
    return two.lease.status, two.content_settings.content_type, BlobBlockList().committed_blocks is not None


def equality(env: Environment) -> Any:
    return [
        kind() == kind()
        for kind in (ContentSettings, BlobPermissions, Include, ResourceTypes, AccessPolicy, PageRange, BlobBlock)
    ]


def constants(env: Environment) -> Any:
    groups = (
        PublicAccess,
        DeleteSnapshot,
        BlockListType,
        SequenceNumberAction,
        BlobBlockState,
        StandardBlobTier,
        PremiumPageBlobTier,
        RehydratePriority,
        LocationMode,
        Protocol,
    )
    return {
        group.__name__: {
            name: str.__str__(value)
            for name in dir(group)
            if not name.startswith("_") and isinstance(value := getattr(group, name), str)
        }
        for group in groups
    }


def constants_are_texts(env: Environment) -> Any:
    return [
        PublicAccess.Container == "container",
        f"{PublicAccess.Blob}",
        f"{SequenceNumberAction.Max:>5}",
        f"{RehydratePriority.High}",
        str(PublicAccess.OFF),
        PublicAccess.Blob + "!",
        {PublicAccess.Blob: 1}.get("blob"),
    ]


def permissions_of_blobs(env: Environment) -> Any:
    return [
        str(permission)
        for permission in (
            BlobPermissions(),
            BlobPermissions(True, True, True, True, True),
            BlobPermissions(write=True, read=True),
            BlobPermissions(_str="dwcar"),
            BlobPermissions.READ | BlobPermissions.DELETE,
            BlobPermissions.WRITE + BlobPermissions.READ,
            BlobPermissions.ADD,
            BlobPermissions.CREATE,
            BlobPermissions.READ | BlobPermissions.READ,
        )
    ]


def permissions_of_containers(env: Environment) -> Any:
    return [
        str(permission)
        for permission in (
            ContainerPermissions(),
            ContainerPermissions(True, False, False, True, False, True),
            ContainerPermissions(list=True, read=True),
            ContainerPermissions(_str="ldwcar"),
            ContainerPermissions.READ | ContainerPermissions.LIST,
            ContainerPermissions.ADD + ContainerPermissions.CREATE + ContainerPermissions.DELETE,
            ContainerPermissions.WRITE,
        )
    ]


def permissions_of_accounts(env: Environment) -> Any:
    return [
        str(permission)
        for permission in (
            AccountPermissions(),
            AccountPermissions(*[True] * 8),
            AccountPermissions(_str="pucaldwr"),
            AccountPermissions.READ | AccountPermissions.PROCESS,
            AccountPermissions.UPDATE + AccountPermissions.LIST,
            AccountPermissions.WRITE,
            AccountPermissions.DELETE,
            AccountPermissions.ADD,
            AccountPermissions.CREATE,
        )
    ]


def services_and_resource_types(env: Environment) -> Any:
    return [
        str(value)
        for value in (
            Services(),
            Services(True, True, True),
            Services(_str="fqb"),
            Services.BLOB | Services.QUEUE,
            Services.FILE + Services.BLOB,
            Services.TABLE,
            ResourceTypes(),
            ResourceTypes(True, True, True),
            ResourceTypes(_str="ocs"),
            ResourceTypes.SERVICE | ResourceTypes.OBJECT,
            ResourceTypes.CONTAINER + ResourceTypes.OBJECT,
        )
    ]


def permissions_of_mixed_kinds(env: Environment) -> Any:
    return [
        tried(lambda: str(BlobPermissions.READ | ContainerPermissions.LIST)),
        tried(lambda: str(ContainerPermissions.READ + BlobPermissions.WRITE)),
        tried(lambda: str(BlobPermissions.READ | "w")),
        tried(lambda: "r" + BlobPermissions.READ),
    ]


def permissions_as_attributes(env: Environment) -> Any:
    return [BlobPermissions.READ, ContainerPermissions(list=True), AccountPermissions.PROCESS, Services.BLOB]


def include(env: Environment) -> Any:
    return [
        str(value)
        for value in (
            Include(),
            Include(True, True, True, True, True),
            Include.SNAPSHOTS,
            Include.METADATA,
            Include.UNCOMMITTED_BLOBS,
            Include.COPY,
            Include.DELETED,
            Include(_str="snapshots,metadata"),
            Include.SNAPSHOTS | Include.COPY,
            Include.SNAPSHOTS + Include.SNAPSHOTS,
        )
    ]


def list_generator(env: Environment) -> Any:
    from azure.storage.common.models import _list

    pages = []
    for items, marker in (([1, 2], "m1"), ([3], "m2"), ([], "")):
        page = _list(items)
        page.next_marker = marker
        pages.append(page)
    asked: list[Any] = []

    def fetch(*args: Any, **kwargs: Any) -> Any:
        asked.append((args, dict(kwargs)))
        return pages[len(asked)]

    generator = ListGenerator(pages[0], fetch, ("a",), {"max_results": 3})
    return generator, list(generator), asked, generator.next_marker, list(generator)


def headers_of_content_settings(env: Environment) -> Any:
    return tried(lambda: ContentSettings("a", "b", "c", "d", "e", "f")._to_headers())


def leases_and_types_that_tests_name(env: Environment) -> Any:
    return [
        {name: value for name, value in vars(group).items() if not name.startswith("_")}
        for group in (blob_models._LeaseActions, blob_models._BlobTypes)
    ]
